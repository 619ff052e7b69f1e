// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.ServerControl;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node that hands over: it becomes read-only, lets its writers end, is stopped, and comes back as a standby. What is
 * done to it up to its end has a way back. One thread.
 */
final class OldPrimary {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration STANDBY_LIMIT = Duration.ofSeconds(5);

    private static final String WRITERS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            + " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";

    private final WatchedCluster cluster;
    private final NodeAddress address;
    private final String switchover;
    private final ServerControl control;
    private final SwitchoverSteps steps;
    private final Set<String> drained = new HashSet<>();

    private int cut;
    private @Nullable String cameBack;

    /** @param switchover whom it hands over to, and who runs that */
    OldPrimary(
            WatchedCluster cluster,
            NodeAddress address,
            String switchover,
            ServerControl control,
            SwitchoverSteps steps) {
        this.cluster = cluster;
        this.address = address;
        this.switchover = switchover;
        this.control = control;
        this.steps = steps;
    }

    /** Returns how far it had written when nobody wrote any more, or the limit had passed. */
    Lsn endWrites(NodeSession session, Duration drainLimit) throws Exception {
        steps.run("making " + address + " read-only", () -> makeReadOnly(session));
        steps.run("waiting for writers", () -> drain(session, drainLimit));
        return Lsn.parse(session.first("SELECT pg_current_wal_insert_lsn()").orElseThrow());
    }

    private void makeReadOnly(NodeSession session) throws SQLException {
        steps.takeBack(
                address + " may be read-only still: ALTER SYSTEM RESET default_transaction_read_only there, and SELECT"
                        + " pg_reload_conf()",
                () -> {
                    try (NodeSession again = NodeSession.open(cluster, address, ANSWER)) {
                        again.endReadOnly();
                    }
                });
        session.makeReadOnly(switchover);
    }

    private void drain(NodeSession session, Duration limit) throws SQLException, InterruptedException {
        Set<String> left = new HashSet<>();
        Waiting.until(limit, () -> {
            left.clear();
            left.addAll(session.list(WRITERS));
            drained.addAll(left);
            return left.isEmpty();
        });
        drained.removeAll(left);
        cut = left.size();
    }

    /** It comes back only where nobody else has become the primary. */
    void stop(HeldReplicas held) throws Exception {
        steps.run("asking whether the replicas are locked still", held::requireLocked);
        steps.takeBack(address + " does not run", () -> {
            held.requireNobodyPromoted();
            control.start(address.id());
        });
        steps.run("stopping " + address, () -> control.stop(address.id(), STOP_LIMIT));
    }

    void comeBack(NodeAddress primary) throws Exception {
        steps.run("starting " + address + " as a standby", () -> follow(primary));
    }

    private void follow(NodeAddress primary) throws IOException, InterruptedException {
        boolean copied = control.startAsStandby(address.id(), primary.id(), STANDBY_LIMIT);
        cameBack = copied ? SwitchoverReport.FRESH_COPY : SwitchoverReport.STREAMS;
    }

    /** Writers that ended their transactions. */
    int drained() {
        return drained.size();
    }

    /** Writers that had not at the drain limit. */
    int cut() {
        return cut;
    }

    /** How it became a standby; null: it has not. */
    @Nullable
    String cameBack() {
        return cameBack;
    }
}
