// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.PoolTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DataSourceTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("acquire_timeout_ms", 50));

    private final DataSource dataSource = bench.view().dataSource();

    @Test
    void throwsAfterTheAcquireTimeoutWithFiguresAndTheReason() {
        bench.manager.generations().wantNothing("the slot 'pool' is empty");

        assertThatThrownBy(dataSource::getConnection)
                .isInstanceOf(PoolTimeoutException.class)
                .hasMessageMatching(
                        "pool 'main/ASYNC_MODERN': no connection within \\d+ ms \\(active 0, idle 0, pending 0, max 2\\); the slot 'pool' is empty");
    }

    @Test
    void closingTwiceReturnsOnce() throws Exception {
        bench.serve();
        Connection connection = dataSource.getConnection();
        connection.close();
        connection.close();

        try (Connection one = dataSource.getConnection();
                Connection two = dataSource.getConnection()) {
            assertThatThrownBy(dataSource::getConnection).isInstanceOf(PoolTimeoutException.class);
        }
    }

    @Test
    void aClosedConnectionRefusesEverythingAndStaysClosed() throws Exception {
        bench.serve();
        Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        connection.close();

        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertThatThrownBy(connection::createStatement).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> statement.execute("late")).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThat(statement.isClosed()).isTrue();
        assertThat(bench.server.log).doesNotContain("late");
    }

    @Test
    void whatTheLastUserChangedIsPutBack() throws Exception {
        bench.serve();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.createStatement().execute("update");
        }
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
        }
        assertThat(bench.server.log).containsSubsequence("update", "closeStatement", "rollback");
    }

    @Test
    void aBrokenConnectionIsNotLentAgain() throws Exception {
        bench.serve();
        failCommit("57P01");
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }

        assertThat(bench.server.log).containsOnlyOnce("close");
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02"})
    void whatBecameOfACommitWithoutAnAnswerIsNotKnown(String state) throws Exception {
        bench.serve();
        failCommit(state);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(connection::commit)
                    .isInstanceOfSatisfying(OutcomeUnknownException.class, e -> {
                        assertThat(e.getSQLState()).isEqualTo("08007");
                        assertThat(e.token()).isEmpty();
                    })
                    .hasMessage(
                            "pool 'main/ASYNC_MODERN', node 'n1': the commit may or may not have happened: the connection"
                                    + " was lost after COMMIT was sent: it failed; it carries no token");
        }
    }

    /** A refusal; a session that had ended before COMMIT came; a connection that the driver had closed. */
    @ParameterizedTest
    @ValueSource(strings = {"23505", "40001", "25P03", "57P05", "08003"})
    void aCommitThatWasCertainlyNotDoneSaysWhy(String state) throws Exception {
        bench.serve();
        failCommit(state);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(connection::commit)
                    .isExactlyInstanceOf(SQLException.class)
                    .hasMessage("it failed");
        }
    }

    @Test
    void whatBecameOfACommitOnAConnectionThatWasTakenBackIsNotKnown() throws Exception {
        bench.serve();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            bench.server.onCommit = () -> {
                connection.abort(Runnable::run);
                throw new SQLException("it failed", "08006");
            };
            assertThatThrownBy(connection::commit).isInstanceOf(OutcomeUnknownException.class);
        }
    }

    @Test
    void autoCommitCommitsToo() throws Exception {
        bench.serve();
        bench.server.onAutoCommit = () -> {
            throw new SQLException("it failed", "08006");
        };
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> connection.setAutoCommit(true)).isInstanceOf(OutcomeUnknownException.class);
        }
    }

    @Test
    void whoOnlyReadsLosesNothing() throws Exception {
        Workbench reading = new Workbench(Map.of("mode", "MCP_SERVER"));
        reading.serve();
        reading.server.onCommit = () -> {
            throw new SQLException("it failed", "08006");
        };
        try (Connection connection = reading.view().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(connection::commit).isExactlyInstanceOf(SQLException.class);
        } finally {
            reading.manager.close();
        }
    }

    private void failCommit(String state) {
        bench.server.onCommit = () -> {
            throw new SQLException("it failed", state);
        };
    }

    @Test
    void whatIsNotValidIsNotLentAgain() throws Exception {
        bench.serve();
        bench.server.onIsValid = () -> {
            throw new SQLException("gone", "08006");
        };
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isValid(1)).isFalse();
        }

        assertThat(bench.server.log).containsOnlyOnce("close");
    }

    @Test
    void statementsAndResultsLeadBackToTheirOwners() throws Exception {
        bench.serve();
        try (Connection connection = dataSource.getConnection()) {
            PreparedStatement statement = connection.prepareStatement("select");
            ResultSet result = statement.executeQuery();

            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(result.getStatement()).isSameAs(statement);
            assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
        }
    }

    @Test
    void abortClosesTheConnectionForGood() throws Exception {
        bench.serve();
        Connection connection = dataSource.getConnection();

        assertThatThrownBy(() -> connection.abort(null)).isInstanceOf(SQLException.class);
        connection.close();
        assertThat(bench.server.log).doesNotContain("close", "abort");
    }

    @Test
    void refusesOtherCredentials() {
        assertThatThrownBy(() -> dataSource.getConnection("someone", "geheim"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageNotContaining("geheim");
    }
}
