// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectTurnsTest {

    private static final NodeAddress NODE = new NodeAddress("n1", "db", 5432);
    private static final NodeAddress OTHER = new NodeAddress("n2", "db", 5433);

    private final ConnectTurns turns = new ConnectTurns(Duration.ofMillis(200));
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch answer = new CountDownLatch(1);

    @Test
    void aHealthyNodeIsConnectedToAtOnceByAll() {
        List<CompletableFuture<String>> all = connect(5);

        Awaitility.await().until(() -> inside.get() == 5);
        answer.countDown();
        all.forEach(CompletableFuture::join);
    }

    @Test
    void anIllOneIsConnectedToByOneAtATimeUntilItIsWell() throws SQLException {
        fail("57P03");
        CompletableFuture<String> first = connect(1).get(0);
        Awaitility.await().until(() -> inside.get() == 1);

        assertThatThrownBy(() -> turns.take(NODE, () -> "second"))
                .hasMessage(NODE + ": it refuses connections, and others have been trying for 200 ms");

        answer.countDown();
        assertThat(first.join()).isEqualTo("connected");
        assertThat(most).hasValue(1);
        assertThat(turns.take(NODE, () -> "free")).isEqualTo("free");
    }

    @Test
    void eachHasItsTurn() {
        fail("57P03");
        answer.countDown();

        connect(20).forEach(CompletableFuture::join);

        assertThat(inside).hasValue(0);
    }

    @Test
    void aRefusedRoleSaysNothingOfTheNode() {
        fail("28P01");

        connect(3);

        Awaitility.await().until(() -> inside.get() == 3);
        answer.countDown();
    }

    @Test
    void anotherNodeIsAnotherMatter() throws SQLException {
        fail("08001");
        connect(1);
        Awaitility.await().until(() -> inside.get() == 1);

        assertThat(turns.take(OTHER, () -> "at once")).isEqualTo("at once");
        answer.countDown();
    }

    private void fail(String state) {
        assertThatThrownBy(() -> turns.take(NODE, () -> {
                    throw new SQLException("refused", state);
                }))
                .hasMessage("refused");
    }

    private List<CompletableFuture<String>> connect(int times) {
        return Stream.generate(() -> CompletableFuture.supplyAsync(this::connected, task -> new Thread(task).start()))
                .limit(times)
                .toList();
    }

    private String connected() {
        try {
            return turns.take(NODE, () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                await();
                inside.decrementAndGet();
                return "connected";
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void await() {
        try {
            answer.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
