// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.PoolSettings;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HikariConnectionPoolTest {

    private static final PoolSettings SETTINGS = new PoolSettings("main/TEST", 3, Duration.ZERO);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean alive = true;
    private final List<ConnectionPool> pools = new ArrayList<>();
    private volatile SQLException refusal;

    @AfterEach
    void everyConnectionIsClosed() {
        pools.forEach(ConnectionPool::close);
        Awaitility.await("open connections").untilAtomic(open, org.hamcrest.Matchers.is(0));
    }

    @Test
    void opensAsManyAsItIsToldAndNoMore() throws Exception {
        ConnectionPool pool = open();

        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 3, 0, 3)));
        assertThat(open).hasValue(3);
    }

    @Test
    void throwsWhatTheSourceThrewWhenItCannotOpen() {
        refusal = new SQLException("password authentication failed", "28P01");

        assertThatThrownBy(this::open).isSameAs(refusal);
    }

    @Test
    void lendsWhatTheSourceOpenedInsideItsOwn() throws Exception {
        ConnectionPool pool = open();

        try (Connection lent = pool.getConnection(PATIENCE)) {
            assertThat(lent.unwrap(Marked.class)).isNotNull();
            assertThat(pool.stats().active()).isOne();
        }
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void closesWhatIsEvictedAndOpensAnother() throws Exception {
        ConnectionPool pool = open();
        Connection lent = pool.getConnection(PATIENCE);
        Marked marked = lent.unwrap(Marked.class);

        pool.evict(lent);

        Awaitility.await().until(marked::isClosed);
        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 3, 0, 3)));
    }

    @Test
    void waitsNoLongerThanItsCallerSays() throws Exception {
        ConnectionPool pool = open();
        List<Connection> all =
                List.of(pool.getConnection(PATIENCE), pool.getConnection(PATIENCE), pool.getConnection(PATIENCE));
        long called = System.nanoTime();

        assertThatThrownBy(() -> pool.getConnection(Duration.ofMillis(20)))
                .isInstanceOf(SQLTransientConnectionException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - called)).isLessThan(Duration.ofSeconds(5));
        for (Connection connection : all) {
            connection.close();
        }
    }

    @Test
    void namesTheLastFailureToConnect() throws Exception {
        ConnectionPool pool = open();
        Awaitility.await().until(() -> pool.stats().idle() == 3);
        refusal = new SQLException("too many connections", "53300");
        for (int i = 0; i < 3; i++) {
            pool.evict(pool.getConnection(PATIENCE));
        }

        assertThatThrownBy(() -> pool.getConnection(Duration.ofMillis(300)))
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasCause(refusal);
    }

    /** HikariCP itself refuses what is shorter than 30 s. */
    @Test
    void asksIdleConnectionsForASignOfLifeAndReplacesTheDead() throws Exception {
        alive = false;
        ConnectionPool pool = open(new PoolSettings("main/TEST", 3, Duration.ofMillis(1)));
        Connection lent = pool.getConnection(PATIENCE);
        Marked first = lent.unwrap(Marked.class);
        lent.close();

        Awaitility.await().until(first::isClosed);
        alive = true;

        assertThat(asked).hasPositiveValue();
        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 3, 0, 3)));
    }

    @Test
    void closesLentConnectionsToo() throws Exception {
        ConnectionPool pool = open();
        pool.getConnection(PATIENCE);

        pool.close();
        pool.close();
    }

    private ConnectionPool open() throws SQLException {
        return open(SETTINGS);
    }

    private ConnectionPool open(PoolSettings settings) throws SQLException {
        ConnectionPool pool = new HikariConnectionPoolFactory().open(settings, this::connect);
        pools.add(pool);
        return pool;
    }

    /** What {@code unwrap} must find. */
    interface Marked extends Connection {}

    private Connection connect() throws SQLException {
        if (refusal != null) {
            throw refusal;
        }
        open.incrementAndGet();
        AtomicInteger closed = new AtomicInteger();
        return (Connection) Proxy.newProxyInstance(
                Marked.class.getClassLoader(),
                new Class<?>[] {Marked.class},
                (self, method, args) -> switch (method.getName()) {
                    case "close", "abort" -> {
                        if (closed.getAndIncrement() == 0) {
                            open.decrementAndGet();
                        }
                        yield null;
                    }
                    case "isClosed" -> closed.get() > 0;
                    case "isValid" -> {
                        asked.incrementAndGet();
                        yield alive;
                    }
                    case "getAutoCommit" -> true;
                    case "isReadOnly" -> false;
                    case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
                    case "getNetworkTimeout" -> 0;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    case "toString" -> "marked";
                    default -> null;
                });
    }
}
