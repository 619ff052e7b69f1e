// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.sql.Connection;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Liquibase updates, finds nothing new, and rolls back. */
class LiquibaseIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    private interface Work {

        void with(Liquibase liquibase) throws Exception;
    }

    @Test
    void updatesAndRollsBack() throws Exception {
        liquibase(liquibase -> liquibase.update(new Contexts(), new LabelExpression()));

        assertThat(POOL.one("SELECT liquibase_total()")).isEqualTo("10.00");
        assertThat(POOL.one("SELECT locked FROM databasechangeloglock")).isEqualTo("f");
        liquibase(liquibase -> assertThat(liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()))
                .isEmpty());

        liquibase(liquibase -> liquibase.rollback(2, new Contexts(), new LabelExpression(), new StringWriter()));
        assertThat(POOL.one("SELECT count(*) FROM liquibase_orders")).isEqualTo("2");

        liquibase(liquibase -> liquibase.rollback(2, ""));
        assertThat(POOL.one("SELECT count(*) FROM liquibase_orders")).isEqualTo("0");
        assertThat(POOL.one("SELECT to_regproc('liquibase_total')")).isNull();
    }

    private static void liquibase(Work work) throws Exception {
        try (Connection connection = POOL.dataSource().getConnection();
                Liquibase liquibase = new Liquibase(
                        "io/ucm/clients/changes.sql",
                        new ClassLoaderResourceAccessor(),
                        DatabaseFactory.getInstance()
                                .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
            work.with(liquibase);
        }
    }
}
