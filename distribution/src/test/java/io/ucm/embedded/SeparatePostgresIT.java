// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The server that other tests rely on. */
class SeparatePostgresIT {

    @Test
    void takesSettingsByReloadAndByRestart() {
        try (SeparatePostgres postgres = SeparatePostgres.start()) {
            postgres.sql("CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)");
            postgres.settings("statement_timeout = '77s'", "max_connections = 23");

            postgres.reload();
            assertThat(postgres.query("SHOW statement_timeout")).isEqualTo("77s");
            assertThat(postgres.query("SHOW max_connections")).isNotEqualTo("23");

            postgres.restart();
            assertThat(postgres.query("SHOW max_connections")).isEqualTo("23");
            assertThat(postgres.rows("SELECT a FROM kept")).containsExactly("7");
        }
    }

    @Test
    void saysWhenTheServerRefusesItsConfiguration() {
        try (SeparatePostgres postgres = SeparatePostgres.start()) {
            postgres.access("host all nobody 127.0.0.1/32 guess");

            assertThatThrownBy(postgres::reload)
                    .hasMessageContaining("refused its configuration")
                    .hasMessageContaining("guess");
        }
    }

    @Test
    void leavesNothing() {
        SeparatePostgres postgres = SeparatePostgres.start();
        List<ProcessHandle> processes = ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .toList();
        assertThat(processes).isNotEmpty();

        postgres.close();
        postgres.close();

        assertThat(postgres.folder().getParent()).doesNotExist();
        assertThat(processes).noneMatch(process -> process.isAlive() && !zombie(process));
    }

    private static boolean zombie(ProcessHandle process) {
        return process.info().command().isEmpty();
    }
}
