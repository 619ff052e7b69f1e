// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.OneSession.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.SqlWork;
import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server undoes, ends or no longer understands is run again, and done once. */
@Timeout(60)
class ReplayIT {

    private static SeparatePostgres postgres;
    private static OneSession one;

    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.sql("""
                CREATE ROLE app LOGIN PASSWORD 'app';
                CREATE TABLE account (id int PRIMARY KEY, amount int);
                GRANT ALL ON account TO app;
                """);
        one = new OneSession(postgres, "ASYNC_MODERN", "app", "app");
    }

    @AfterAll
    static void stop() {
        one.close();
        postgres.close();
    }

    @BeforeEach
    void oneAccount() {
        postgres.sql("DELETE FROM account; INSERT INTO account VALUES (1, 100)");
    }

    @Test
    void aSerializationFailure() throws Exception {
        write(connection -> {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            query(connection, "SELECT amount FROM account");
            if (attempts.incrementAndGet() == 1) {
                postgres.sql("UPDATE account SET amount = amount + 1");
            }
            return update(connection, "UPDATE account SET amount = amount + 10");
        });

        assertThat(attempts).hasValue(2);
        assertThat(amount()).isEqualTo("111");
    }

    @Test
    void aSessionThatTheServerEndsBeforeCommit() throws Exception {
        write(connection -> {
            update(connection, "UPDATE account SET amount = amount + 10");
            if (attempts.incrementAndGet() == 1) {
                postgres.sql("SELECT pg_terminate_backend(" + query(connection, "SELECT pg_backend_pid()") + ")");
            }
            return update(connection, "UPDATE account SET amount = amount + 1");
        });

        assertThat(attempts).hasValue(2);
        assertThat(amount()).isEqualTo("111");
    }

    @Test
    void aPlanThatNoLongerFits() throws Exception {
        SqlWork<Integer> columns = connection -> {
            attempts.incrementAndGet();
            try (var select = connection.prepareStatement("SELECT * FROM account");
                    var result = select.executeQuery()) {
                return result.getMetaData().getColumnCount();
            }
        };
        for (int i = 0; i < 10; i++) {
            read(columns);
        }
        int before = attempts.get();
        postgres.sql("ALTER TABLE account ADD COLUMN note text");

        assertThat(read(columns)).isEqualTo(3);
        assertThat(attempts.get()).as("the server refused the first").isEqualTo(before + 2);
        postgres.sql("ALTER TABLE account DROP COLUMN note");
    }

    @Test
    void aWriteInAReadOnlyTransactionOfOnesOwnEndsNoEpoch() throws Exception {
        Generation serving = one.manager().generations().current();
        int before = serving.connections().epoch();
        try (Connection connection = one.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION READ ONLY");
                statement.execute("UPDATE account SET amount = 0");
            }
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("25006");
        }

        assertThat(serving.connections().epoch()).isEqualTo(before);
        assertThat(amount()).isEqualTo("100");
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static <T> T write(SqlWork<T> work) throws Exception {
        return one.view().write(work).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static <T> T read(SqlWork<T> work) throws Exception {
        return one.view().read(work).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static String amount() throws Exception {
        return read(connection -> query(connection, "SELECT amount FROM account"));
    }
}
