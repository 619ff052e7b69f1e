// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.Priority;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whose turn it is comes from the mode, unless a call says so itself. */
@Timeout(60)
class PrioritiesTest {

    private static final CallOptions LONG = CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(1));

    @RegisterExtension
    final Workbench bench =
            new Workbench(Map.of("priority", "LOW", "pool_size_count", 1, "acquire_timeout_ms", 30_000));

    private final ConnectionManager view = bench.view();
    private final List<String> served = new CopyOnWriteArrayList<>();

    @Test
    void aCallThatNamesNoneHasTheModes() throws Exception {
        bench.serve();
        Stream<CompletableFuture<Boolean>> calls;
        try (Connection held = view.dataSource().getConnection()) {
            calls = Stream.of(
                    read("the mode's", LONG),
                    read("normal", LONG.withPriority(Priority.NORMAL)),
                    read("high", LONG.withPriority(Priority.HIGH)));
            assertThat(held.isClosed()).isFalse();
            assertThat(bench.manager.pool().pending()).isEqualTo(3);
        }
        calls.forEach(call -> call.orTimeout(20, TimeUnit.SECONDS).join());

        assertThat(served).containsExactly("high", "normal", "the mode's");
    }

    @Test
    void thePlainDataSourceHasTheModes() throws Exception {
        bench.serve();
        CompletableFuture<Void> plain;
        CompletableFuture<Boolean> normal;
        try (Connection held = view.dataSource().getConnection()) {
            plain = CompletableFuture.runAsync(this::borrow);
            Awaitility.await().until(() -> bench.manager.pool().pending() == 1);
            normal = read("normal", LONG.withPriority(Priority.NORMAL));
            assertThat(held.isClosed()).isFalse();
        }
        CompletableFuture.allOf(plain, normal).get(20, TimeUnit.SECONDS);

        assertThat(served).containsExactly("normal", "plain");
    }

    private CompletableFuture<Boolean> read(String name, CallOptions options) {
        return view.read(connection -> served.add(name), options).toCompletableFuture();
    }

    private void borrow() {
        try (Connection connection = view.dataSource().getConnection()) {
            served.add("plain");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
