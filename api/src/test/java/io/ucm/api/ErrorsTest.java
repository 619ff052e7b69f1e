// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Callers retry on what JDBC calls transient: the types, SQLStates and figures are a contract. */
class ErrorsTest {

    @Test
    void whoIsTurnedAwayIsToldHowLongTheWaitWouldBe() {
        BulkheadFullException e = new BulkheadFullException(
                "main/MCP_SERVER", Duration.ofMillis(840), Duration.ofMillis(350), new PoolStats(20, 0, 700, 20));

        assertThat(e.getSQLState()).isEqualTo("08000");
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(840));
        assertThat(e.getMessage())
                .isEqualTo("pool 'main/MCP_SERVER': no connection expected within 350 ms"
                        + " (expected wait 840 ms, active 20, idle 0, pending 700, max 20)");
    }

    @Test
    void whoCanNotRunAgainBecauseItWaitedIsToldHowItsStatementEnded() {
        SQLException cutShort = new SQLException("canceling statement due to statement timeout", "57014");
        BulkheadFullException e = new BulkheadFullException(
                "main/MCP_SERVER",
                Duration.ofMillis(190),
                Duration.ofMillis(180),
                Duration.ofMillis(20),
                new PoolStats(20, 0, 700, 20),
                cutShort);

        assertThat(e.getSQLState()).isEqualTo("08000");
        assertThat(e.getCause()).isSameAs(cutShort);
        assertThat(e.getMessage())
                .isEqualTo("pool 'main/MCP_SERVER': the statement ran into its time limit after a wait of 180 ms,"
                        + " and 20 ms are too few to run it again (expected wait 190 ms, active 20, idle 0, pending 700,"
                        + " max 20): canceling statement due to statement timeout");
    }

    @Test
    void whoMeetsAnOpenBreakerIsToldWhenToTryAgain() {
        SQLException last = new SQLException("gone", "08006");
        CircuitOpenException e =
                new CircuitOpenException("main/MCP_SERVER", "n1 (db:5432)", Duration.ofMillis(1_200), last);

        assertThat((Throwable) e)
                .isInstanceOf(SQLTransientException.class)
                .hasCause(last)
                .hasMessage(
                        "pool 'main/MCP_SERVER': the circuit breaker of n1 (db:5432) is open, because its last calls"
                                + " failed or were slow; retry after 1200 ms");
        assertThat(e.getSQLState()).isEqualTo("08000");
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(1_200));
    }

    @Test
    void noConnectionInTimeIsTransient() {
        Throwable error = new PoolTimeoutException(
                "orders/MCP_SERVER", Duration.ofMillis(200), new PoolStats(10, 0, 7, 10), null, null);

        assertThat(error).isInstanceOf(SQLTransientException.class).hasFieldOrPropertyWithValue("SQLState", "08001");
        assertThat(error)
                .hasMessage(
                        "pool 'orders/MCP_SERVER': no connection within 200 ms (active 10, idle 0, pending 7, max 10)");
    }

    @Test
    void aReasonFollowsTheFigures() {
        Throwable error = new PoolTimeoutException(
                "a/B", Duration.ofMillis(1), new PoolStats(0, 0, 0, 1), "no driver is installed", null);

        assertThat((Throwable) error).hasMessageEndingWith("max 1); no driver is installed");
    }

    @Test
    void aPassedDeadlineIsTransient() {
        Throwable error = new DeadlineExceededException("a/B", Duration.ofSeconds(2), "the work was running", null);

        assertThat(error).isInstanceOf(SQLTransientException.class).hasFieldOrPropertyWithValue("SQLState", "57014");
        assertThat(error)
                .hasMessage("pool 'a/B': deadline of 2000 ms passed while the work was running; nothing was committed");
    }

    @Test
    void aDeadlineThatCannotBeMetHasNotPassed() {
        Throwable error = new DeadlineExceededException(
                "a/B", Duration.ofSeconds(2), Duration.ofMillis(70), "it waited to be run again", null);

        assertThat(error)
                .hasFieldOrPropertyWithValue("SQLState", "57014")
                .hasMessage(
                        "pool 'a/B': deadline of 2000 ms can't be met, with 70 ms left while it waited to be run again;"
                                + " nothing was committed");
    }

    @Test
    void anUnknownOutcomeIsNotTransient() {
        Throwable error = new OutcomeUnknownException("a/B", "n1", null, "the connection was lost", null);

        assertThat(error)
                .isInstanceOf(SQLNonTransientException.class)
                .hasFieldOrPropertyWithValue("SQLState", "08007")
                .hasMessage("pool 'a/B', node 'n1': the commit may or may not have happened: the connection was lost;"
                        + " it carries no token");
    }

    @Test
    void anUnknownOutcomeTellsHowToFindOut() {
        UUID token = new UUID(1, 2);

        OutcomeUnknownException error = new OutcomeUnknownException("a/B", "n1", token, "no answer", null);

        assertThat(error.token()).contains(token);
        assertThat((Throwable) error).hasMessageEndingWith("; outcome(" + token + ") tells, later");
    }
}
