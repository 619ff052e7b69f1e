// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

class DatabaseTest {

    @Test
    void theDriverReadsThePropertiesFromTheAddress() {
        Map<String, String> properties =
                Map.of("ApplicationName", "bench/a b", "options", "-c lock_timeout=1 -c x=y&z");
        Database database = new Database("", "jdbc:postgresql://host:5432/db", "user", "secret", properties);

        assertThat(Driver.parseURL(database.urlWithProperties(), null))
                .containsAllEntriesOf(properties)
                .containsEntry("PGDBNAME", "db");
    }
}
