// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells that a promotion depends on; asked only where {@code failover.policy} is PROMOTE.
 *
 * @param names the setting synchronous_standby_names
 * @param missing the rights that the role that asks has not; empty when it has all
 * @param retryMs the setting wal_retrieve_retry_interval
 * @param receiverTimeoutMs the setting wal_receiver_timeout; 0: never
 * @param uri whether primary_conninfo is a URI
 */
record Facts(
        String names,
        boolean fsync,
        List<Standby> standbys,
        @Nullable Receiver receiver,
        String missing,
        int retryMs,
        int receiverTimeoutMs,
        boolean uri) {

    private static final int MOST_RETRY_MS = 100;
    private static final int MOST_RECEIVER_TIMEOUT_MS = 1000;

    /** One row per standby; the name is last and without tabs, as the server has replaced what does not print. */
    static final String STANDBYS = """
            (SELECT string_agg(format(E'%s\\t%s\\t%s\\t%s', state, sync_state, coalesce(flush_lsn, '0/0'), application_name),
                               E'\\n')
             FROM pg_stat_replication)""";

    /** No row before it is connected. */
    static final String RECEIVER = """
            (SELECT format(E'%s\\t%s\\t%s\\t%s', status, sender_host, sender_port, conninfo) FROM pg_stat_wal_receiver)""";

    /** The last columns of the question, in the order of {@link #read}. */
    static final String COLUMNS = """
            ,
                   current_setting('fsync')::boolean,
                   %s,
                   %s,
                   concat_ws(', ',
                       CASE WHEN pg_has_role('pg_monitor', 'USAGE') THEN NULL ELSE 'pg_monitor' END,
                       CASE WHEN has_function_privilege('pg_promote(boolean, integer)', 'EXECUTE')
                            THEN NULL ELSE 'EXECUTE on pg_promote' END,
                       CASE WHEN has_function_privilege('pg_reload_conf()', 'EXECUTE')
                            THEN NULL ELSE 'EXECUTE on pg_reload_conf' END,
                       CASE WHEN has_function_privilege('pg_wal_replay_resume()', 'EXECUTE')
                            THEN NULL ELSE 'EXECUTE on pg_wal_replay_resume' END,
                       CASE WHEN has_parameter_privilege('primary_conninfo', 'ALTER SYSTEM')
                            THEN NULL ELSE 'ALTER SYSTEM on primary_conninfo' END),
                   (extract(epoch FROM current_setting('wal_retrieve_retry_interval')::interval) * 1000)::int,
                   (extract(epoch FROM current_setting('wal_receiver_timeout')::interval) * 1000)::int,
                   CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE')
                        THEN current_setting('primary_conninfo') ~* '^\\s*postgres(ql)?://' ELSE false END
            """.formatted(STANDBYS, RECEIVER);

    Facts {
        standbys = List.copyOf(standbys);
    }

    /** @param column the first of {@link #COLUMNS} */
    static Facts read(ResultSet told, int column, String names, List<NodeAddress> nodes) throws SQLException {
        return new Facts(
                names,
                told.getBoolean(column),
                standbys(told.getString(column + 1)),
                receiver(told.getString(column + 2), nodes),
                told.getString(column + 3),
                told.getInt(column + 4),
                told.getInt(column + 5),
                told.getBoolean(column + 6));
    }

    static List<Standby> standbys(@Nullable String rows) {
        return rows == null
                ? List.of()
                : rows.lines()
                        .map(row -> row.split("\t", 4))
                        .map(row -> new Standby(row[3], row[0], row[1], Lsn.parse(row[2])))
                        .toList();
    }

    static @Nullable Receiver receiver(@Nullable String row, List<NodeAddress> nodes) {
        if (row == null || row.isEmpty()) {
            return null;
        }
        String[] words = row.split("\t", 4);
        int port = words[2].isEmpty() ? 0 : Integer.parseInt(words[2]);
        return Receiver.of(words[0], words[1], port, words[3], nodes);
    }

    /** Why a replica with these settings notices late that its sender is gone; null when it does not. */
    @Nullable
    String slow() {
        if (receiverTimeoutMs == 0 || receiverTimeoutMs > MOST_RECEIVER_TIMEOUT_MS) {
            return "wal_receiver_timeout is %d ms, and should be 750 to %d"
                    .formatted(receiverTimeoutMs, MOST_RECEIVER_TIMEOUT_MS);
        }
        return retryMs > MOST_RETRY_MS
                ? "wal_retrieve_retry_interval is %d ms, and should be %d".formatted(retryMs, MOST_RETRY_MS)
                : null;
    }
}
