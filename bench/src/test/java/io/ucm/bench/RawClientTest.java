// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RawClientTest {

    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();

    /** Whether the last connection is gone. */
    private volatile boolean closed;

    @Test
    void triesOnOneConnectionUntilAWriteIsTaken() throws Exception {
        long before = System.nanoTime();
        try (RawClient client = RawClient.start(this::connect, connection -> {
            if (writes.incrementAndGet() < 4) {
                throw new SQLException("read-only", "25006");
            }
        })) {
            assertThat(client.first(Duration.ofSeconds(10)) - before)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(3 * 5).toNanos());
        }
        assertThat(writes).hasValue(4);
        assertThat(connects).hasValue(1);
    }

    @Test
    void opensAnotherWhenItsConnectionIsGone() throws Exception {
        try (RawClient client = RawClient.start(this::connect, connection -> {
            if (writes.incrementAndGet() < 2) {
                closed = true;
                throw new SQLException("gone", "08006");
            }
        })) {
            client.first(Duration.ofSeconds(10));
        }
        assertThat(connects).hasValue(2);
    }

    @Test
    void saysSoWhenNoWriteIsTaken() {
        try (RawClient client = RawClient.start(this::connect, connection -> {
            throw new SQLException("read-only", "25006");
        })) {
            assertThatThrownBy(() -> client.first(Duration.ofMillis(50)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no write");
        }
    }

    private Connection connect() {
        connects.incrementAndGet();
        closed = false;
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("isClosed") ? closed : null);
    }
}
