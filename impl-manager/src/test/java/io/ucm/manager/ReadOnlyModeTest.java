// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReadOnlyModeTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("mode", "MCP_SERVER"));

    @Test
    void refusesAWriteAtOnce() {
        assertThatThrownBy(() ->
                        bench.view().write(c -> "never").toCompletableFuture().join())
                .cause()
                .hasFieldOrPropertyWithValue("SQLState", "25006")
                .hasMessageContaining("mode MCP_SERVER of cluster 'main' is read-only");
    }

    @Test
    void tellsTheServer() {
        bench.serve();

        org.assertj.core.api.Assertions.assertThat(bench.server.sessions.get(0).getProperty("options"))
                .contains("default_transaction_read_only=on")
                .contains("statement_timeout=150 ");
    }
}
