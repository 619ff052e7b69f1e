// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Says why connecting to a node failed and what can be done about it, by the SQLState. Names no secret. */
final class ConnectFailure {

    private ConnectFailure() {}

    /**
     * Who, where, what the server or the driver said, and the way out.
     *
     * @param role the configuration that the role and its password come from
     */
    static String message(Throwable failure, NodeAddress node, ClusterSettings cluster, String user, Origin role) {
        String text = String.valueOf(failure.getMessage() == null ? failure : failure.getMessage())
                .strip();
        String state = failure instanceof SQLException e ? e.getSQLState() : null;
        String advice = advice(state, cluster, role);
        return "%s: could not connect as '%s': %s%s%s"
                .formatted(
                        node,
                        user,
                        text,
                        state == null ? "" : " (" + state + ")",
                        advice.isEmpty() ? "" : "; " + advice);
    }

    private static String advice(@Nullable String state, ClusterSettings cluster, Origin role) {
        if (state == null) {
            return "";
        }
        return switch (state) {
            case "28P01", "28000" -> "check user and .password of " + role + ", and the server's pg_hba.conf";
            case "3D000" -> "create the database, or correct database of " + cluster.origin();
            case "42501" -> "let the role connect: GRANT CONNECT ON DATABASE";
            case "53300" -> "the server has no connection left: raise its max_connections or lower pool.size.count";
            case "57P03" -> "it is starting, or stopping; UCM tries again by itself";
            case "08001", "08004", "08006" -> "check that a server listens there, and nodes of " + cluster.origin();
            default -> "";
        };
    }
}
