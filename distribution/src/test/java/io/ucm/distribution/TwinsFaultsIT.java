// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.ucm.api.CallOptions;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.Test;

/** Two nodes were promoted apart from each other, and so are primaries of the same timeline. */
public class TwinsFaultsIT extends ChaosContainer {

    @Test
    public void neitherIsWrittenToUntilOneOfThemHasAStandby() throws Exception {
        shell.run("ledger:run --seconds 1 --clients 8");
        shell.run("embedded:kill n1");
        kit.orchestrator().promote("n2");
        kit.orchestrator().promote("n3");
        ContainerShell.await(
                "both are seen as primaries",
                kit::topology,
                json -> json.split("\"role\":\"PRIMARY\",\"state\":\"UP\"", -1).length == 3);

        CompletionException refused = assertThrows(CompletionException.class, this::write);
        assertTrue(refused.getCause().toString(), refused.getCause() instanceof SQLException);
        assertTrue(
                refused.getCause().getMessage(), refused.getCause().getMessage().contains("and 0 stream"));
        assertEquals(null, kit.primary());

        shell.run("embedded:kill n3");
        shell.run("embedded:rejoin n3");
        ContainerShell.await("n2 is the primary", kit::primary, "n2"::equals);
        write();
        shell.run("embedded:rejoin n1");
        kit.awaitAllUp();
        shell.run("ledger:run --seconds 2 --clients 16");
    }

    private void write() {
        manager.write(
                        connection -> {
                            try (Statement statement = connection.createStatement()) {
                                return statement.execute("CREATE TABLE IF NOT EXISTS written_after_the_twins (id int)");
                            }
                        },
                        CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(2)))
                .toCompletableFuture()
                .join();
    }
}
