// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.Map;

/** The embedded servers' primary, as mode ASYNC_MODERN connects to it. */
final class Embedded {

    static final String MODE_PID = "io.ucm.mode~" + UcmContainer.EMBEDDED + "-" + UcmContainer.MODE;

    private Embedded() {}

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
}
