// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a return costs: what reaches the server between two borrows. */
@Timeout(30)
class SessionResetTest {

    private static final String RESET = "RESET ALL";

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private List<String> leftBy(String... texts) throws SQLException {
        bench.serve();
        try (Connection connection = bench.view().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : texts) {
                statement.execute(text);
            }
            bench.server.log.clear();
        }
        return bench.server.log;
    }

    @Test
    void whoChangesNothingPaysNoRoundTrip() throws Exception {
        assertThat(leftBy("SELECT 1", "INSERT INTO t VALUES (1)", "SET LOCAL a = 1"))
                .containsExactly("closeStatement");
    }

    @Test
    void noRoundTripEndsATransactionThatWasNotBegun() throws Exception {
        bench.serve();
        try (Connection connection = bench.view().dataSource().getConnection()) {
            bench.server.log.clear();
        }
        assertThat(bench.server.log).isEmpty();
    }

    @Test
    void whoChangesSettingsPaysOne() throws Exception {
        assertThat(leftBy("SET a = 1", "SELECT pg_advisory_lock(1)"))
                .hasSize(3)
                .element(1)
                .asString()
                .contains(RESET)
                .doesNotContain("ROLLBACK", "DEALLOCATE");
    }

    @Test
    void aTransactionBegunByTextEndsInTheSameOne() throws Exception {
        assertThat(leftBy("BEGIN", "SET a = 1"))
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith("ROLLBACK; ")
                .contains(RESET);
    }

    @Test
    void statementsThatWerePreparedByNameGoInTheSameOne() throws Exception {
        assertThat(leftBy("PREPARE p AS SELECT 1"))
                .hasSize(3)
                .element(1)
                .asString()
                .contains(RESET, "DEALLOCATE %I");
    }

    @Test
    void theNextBorrowerPaysForNothing() throws Exception {
        leftBy("SET a = 1");
        try (Connection connection = bench.view().dataSource().getConnection()) {
            bench.server.log.clear();
        }
        assertThat(bench.server.log).isEmpty();
    }

    @Test
    void aConnectionThatCanNotBeResetIsClosed() throws Exception {
        bench.serve();
        bench.server.failing = "RESET ALL";
        try (Connection connection = bench.view().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET a = 1");
        }
        assertThat(bench.server.log).containsOnlyOnce("close");
    }

    @Test
    void aPreparedStatementIsJudgedAnewWhenRoutinesChange() throws Exception {
        bench.serve();
        try (Connection connection = bench.view().dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT f()")) {
            statement.execute();
            bench.rules.changing();
            statement.execute();
            bench.rules.changed();
            bench.server.log.clear();
        }
        assertThat(bench.server.log).anySatisfy(text -> assertThat(text).contains(RESET));
    }

    @Test
    void whatIsSharedMakesRoutinesUnknownUntilItIsReturned() throws Exception {
        bench.serve();
        try (Connection connection = bench.view().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE FUNCTION f() RETURNS int AS 'x' LANGUAGE sql");
            assertThat(bench.rules.effects("SELECT 1")).isEqualTo(SqlEffects.ANYTHING);
        }
    }

    @Test
    void aWorkCanNotEndItsTransactionByText() throws Exception {
        bench.serve();
        assertThatThrownBy(() -> bench.view()
                        .write(connection -> connection.createStatement().execute("SELECT 1; COMMIT"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .hasFieldOrPropertyWithValue("SQLState", "2D000");
        assertThat(bench.server.log).doesNotContain("SELECT 1; COMMIT").contains("rollback");
    }

    @Test
    void norByABatchOrAPreparedStatement() throws Exception {
        bench.serve();
        bench.view()
                .read(connection -> {
                    assertThatThrownBy(() -> connection.createStatement().addBatch("COMMIT"))
                            .hasFieldOrPropertyWithValue("SQLState", "2D000");
                    assertThatThrownBy(
                                    () -> connection.prepareStatement("COMMIT").execute())
                            .hasFieldOrPropertyWithValue("SQLState", "2D000");
                    return null;
                })
                .toCompletableFuture()
                .join();
    }
}
