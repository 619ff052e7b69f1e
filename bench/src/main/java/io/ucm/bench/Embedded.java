// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/** The embedded servers' primary, as mode ASYNC_MODERN connects to it. */
final class Embedded {

    static final String MODE_PID = "io.ucm.mode~" + UcmContainer.EMBEDDED + "-" + UcmContainer.MODE;

    private Embedded() {}

    /** As the manager's bundle says. */
    static Contestant contestant(UcmContainer container) {
        return new Contestant("ucm " + UcmContainer.MODE, container.version());
    }

    /** Blocks until the cluster is known and served. */
    static void await(UcmContainer container) throws Exception {
        container.manager(UcmContainer.EMBEDDED).dataSource().getConnection().close();
    }

    /** The same role, database and settings of the session that UCM's own connections have in that mode. */
    static Database database(UcmContainer container, String applicationName) throws Exception {
        Map<String, Object> cluster = container.configuration("io.ucm.cluster~" + UcmContainer.EMBEDDED);
        Map<String, Object> mode = container.configuration(MODE_PID);
        String primary = ((String[]) cluster.get("nodes"))[0].replaceFirst(".*=", "");
        return new Database(
                "org.postgresql.Driver",
                "jdbc:postgresql://" + primary + "/" + cluster.get("database"),
                (String) mode.get("user"),
                (String) mode.get(".password"),
                Map.of(
                        "ApplicationName",
                        applicationName,
                        "tcpKeepAlive",
                        "true",
                        "options",
                        "-c statement_timeout=5000 -c lock_timeout=10000"
                                + " -c idle_in_transaction_session_timeout=300000"
                                + " -c default_transaction_read_only=off -c synchronous_commit=on"));
    }

    /** Blocks until the server sees that many connections of UCM's in that mode, at least. */
    static void awaitConnections(UcmContainer container, int least) throws Exception {
        await(container, seen -> seen >= least, "at least " + least);
    }

    /** The same, with no more than that. */
    static void awaitAtMost(UcmContainer container, int most) throws Exception {
        await(container, seen -> seen <= most, "at most " + most);
    }

    private static void await(UcmContainer container, IntPredicate enough, String what) throws Exception {
        try (Connection own = database(container, "bench/count").connect();
                PreparedStatement query =
                        own.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE application_name = ?")) {
            query.setString(1, "ucm/" + UcmContainer.EMBEDDED + "/" + UcmContainer.MODE);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            int seen;
            do {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the server does not see " + what + " connections of UCM");
                }
                TimeUnit.MILLISECONDS.sleep(50);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    seen = row.getInt(1);
                }
            } while (!enough.test(seen));
        }
    }
}
