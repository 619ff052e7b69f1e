// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.PoolTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who was idle is asked whether it lives before it is lent. */
@Timeout(30)
class IdleConnectionsTest {

    private static final int AN_HOUR = 3_600_000;

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", AN_HOUR));

    @Test
    void aConnectionThatWasHeardOfIsLentWithoutAQuestion() throws SQLException {
        bench.serving();

        borrow();
        borrow();

        assertThat(bench.server.log).doesNotContain("isValid");
    }

    @Test
    void oneThatWasUsedWasHeardOf() throws SQLException {
        bench.serving();
        borrow();
        long before = System.nanoTime();

        borrow();
        assertThat(heardOfSince(before)).isFalse();

        try (Connection connection = bench.view().dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select");
        }
        assertThat(heardOfSince(before)).isTrue();
    }

    private boolean heardOfSince(long before) {
        Connections connections =
                Objects.requireNonNull(bench.manager.generations().current()).connections();
        long now = System.nanoTime();
        return connections.open().stream().anyMatch(one -> !one.silentFor(Duration.ofNanos(now - before), now));
    }

    @Test
    void oneThatWasIdleForLongerIsAskedFirst() throws SQLException {
        bench.serving();
        bench.change(Map.of("validate_after_idle_ms", 0));

        borrow();
        borrow();

        assertThat(bench.server.log).containsSubsequence("isValid", "isValid").doesNotContain("close");
    }

    @Test
    void oneThatDoesNotAnswerIsClosedAndAnotherIsLent() throws SQLException {
        bench.serving();
        bench.server.onIsValid = () -> {
            throw new SQLException("gone", "08006");
        };
        bench.server.onConnect = () -> bench.server.onIsValid = () -> {};
        bench.change(Map.of("validate_after_idle_ms", 0));

        borrow();

        assertThat(bench.server.log).containsSubsequence("isValid", "close", "isValid");
        assertThat(bench.manager.pool().active()).isZero();
    }

    @Test
    void whereNoneAnswersTheCallerIsToldInTime() {
        bench.serving();
        bench.server.onIsValid = () -> {
            throw new SQLException("gone", "08006");
        };
        bench.change(Map.of("validate_after_idle_ms", 0, "acquire_timeout_ms", 50));

        assertThatThrownBy(this::borrow).isInstanceOf(PoolTimeoutException.class);

        assertThat(bench.manager.pool().active()).isZero();
        Awaitility.await().until(() -> bench.manager.primary().gate().hasFree());
    }

    private void borrow() throws SQLException {
        try (Connection connection = bench.view().dataSource().getConnection()) {
            assertThat(connection.isClosed()).isFalse();
        }
    }
}
