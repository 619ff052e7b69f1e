// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.Priority;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the server says is in force in a session of a mode: a role's own settings, or a pooler in between, may see to it that
 * it is not what we asked for.
 *
 * @param node where it was asked; null when it could not be
 * @param problem why not; null when it could be
 * @param values by the server's name, as it writes them; a time is in milliseconds
 */
record ServerSettings(@Nullable String node, @Nullable String problem, Map<String, String> values) {

    private static final String QUERY = """
            SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout',
                'idle_in_transaction_session_timeout', 'default_transaction_read_only', 'application_name', 'TimeZone',
                'synchronous_commit')
            UNION ALL SELECT 'current_user', current_user::text""";

    /** Asks on a connection of the mode; blocks up to the patience. */
    static ServerSettings ask(ConnectionManager manager, Duration patience) {
        CompletableFuture<ServerSettings> answer = manager.read(
                        ServerSettings::of,
                        CallOptions.DEFAULT.withPriority(Priority.HIGH).withAccess(Access.READ_WRITE))
                .toCompletableFuture();
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return unasked("no answer within " + InWords.duration(patience.toMillis()));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return unasked(Objects.toString(cause.getMessage(), cause.toString()));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return unasked("interrupted");
        }
    }

    private static ServerSettings unasked(String problem) {
        return new ServerSettings(null, problem, Map.of());
    }

    private static ServerSettings of(Connection connection) throws SQLException {
        Map<String, String> values = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(QUERY)) {
            while (result.next()) {
                values.put(result.getString(1), result.getString(2));
            }
        }
        return new ServerSettings(((UcmConnection) connection).node().id(), null, values);
    }
}
