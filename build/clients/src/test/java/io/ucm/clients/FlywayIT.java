// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flyway migrates: in a transaction, outside of one, and not at all where nothing is new. */
class FlywayIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    @Test
    void migratesAndRefusesWhatWasChangedSince() throws Exception {
        Flyway flyway = flyway("io/ucm/clients/migrations");

        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);

        assertThat(POOL.one("SELECT sum(amount) FROM flyway_orders")).isEqualTo("60");
        assertThat(POOL.one("SELECT count(*) FROM pg_indexes WHERE indexname = 'flyway_orders_customer'"))
                .isEqualTo("1");
        assertThat(flyway.validateWithResult().validationSuccessful).isTrue();
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        POOL.one("WITH changed AS (UPDATE flyway_history SET checksum = checksum + 1 WHERE version = '1' RETURNING 1)"
                + " SELECT count(*) FROM changed");
        assertThatThrownBy(flyway::migrate)
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("checksum mismatch");
    }

    @Test
    void aMigrationThatFailsLeavesNothing() throws Exception {
        assertThatThrownBy(flyway("io/ucm/clients/failing")::migrate).hasMessageContaining("no_such_table");

        assertThat(POOL.one("SELECT to_regclass('flyway_half')")).isNull();
    }

    private static Flyway flyway(String location) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(POOL.dataSource())
                .locations("classpath:" + location)
                .table(location.endsWith("failing") ? "flyway_failing_history" : "flyway_history")
                .baselineOnMigrate(true)
                .baselineVersion("0");
        // Else its own open transaction is what CREATE INDEX CONCURRENTLY waits for.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration.load();
    }
}
