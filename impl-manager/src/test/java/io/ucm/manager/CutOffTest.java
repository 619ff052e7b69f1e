// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is under way at a node when that falls silent, or ceases to be the primary. */
@Timeout(30)
class CutOffTest {

    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", 3_600_000, "statement_timeout_ms", 0));

    private final FakeServer server = bench.server;
    private final ConnectionManager view = bench.view();
    private final AtomicInteger attempts = new AtomicInteger();

    /** Its first attempt has no answer. */
    private final SqlWork<Integer> stuckOnce = connection -> {
        int attempt = attempts.incrementAndGet();
        try (Statement statement = connection.createStatement()) {
            statement.execute(attempt == 1 ? "insert hang" : "insert");
        }
        return attempt;
    };

    @Test
    void whatWaitsForASilentNodeIsRunAgain() {
        CompletableFuture<Integer> write = stuck();

        bench.route("n1", Set.of("n1"), Set.of());

        assertThat(write.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(2);
        assertThat(server.log).containsOnlyOnce("commit");
    }

    @Test
    void whatIsUnderWayAtAFormerPrimaryIsRunAgainAtTheNewOne() {
        CompletableFuture<Integer> write = stuck();

        bench.route("n2", Set.of(), Set.of("n1", "n3"));

        assertThat(write.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(2);
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(1);
        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(1);
        assertThat(server.log).containsOnlyOnce("commit");
    }

    @Test
    void anotherSilentNodeChangesNothing() throws SQLException {
        bench.serving();
        try (Connection connection = view.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            bench.route("n1", Set.of("n2"), Set.of("n2", "n3"));
            bench.manager.care();

            statement.execute("insert");
        }
        assertThat(server.log).doesNotContain("abort");
    }

    @Test
    void thePlainUserOfASilentNodeGetsAnError() throws SQLException {
        bench.serving();
        try (Connection connection = view.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            CompletableFuture<Void> routed = CompletableFuture.runAsync(() -> {
                Awaitility.await().until(() -> server.log.contains("insert hang"));
                bench.route("n1", Set.of("n1"), Set.of());
            });

            assertThatThrownBy(() -> statement.execute("insert hang"))
                    .isInstanceOf(SQLException.class)
                    .hasFieldOrPropertyWithValue("SQLState", "08006");
            routed.join();
        }
    }

    @Test
    void whoIsLentAConnectionMeanwhileIsCutOffABitLater() {
        bench.serving();
        bench.route("n2", Set.of(), Set.of());
        Awaitility.await().until(() -> bench.manager.generations().current() != null);
        CompletableFuture<Integer> write = view.write(stuckOnce, PATIENT).toCompletableFuture();
        Awaitility.await().until(() -> server.log.contains("insert hang"));
        bench.route("n3", Set.of(), Set.of("n1", "n2"));

        bench.manager.care();

        assertThat(write.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(2);
    }

    private CompletableFuture<Integer> stuck() {
        bench.serving();
        CompletableFuture<Integer> write = view.write(stuckOnce, PATIENT).toCompletableFuture();
        Awaitility.await().until(() -> server.log.contains("insert hang"));
        return write;
    }
}
