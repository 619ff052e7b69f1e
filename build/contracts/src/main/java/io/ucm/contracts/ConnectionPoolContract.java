// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.PoolSettings;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the manager relies on in any {@link ConnectionPoolFactory}: each implementation extends this. */
@Timeout(30)
public abstract class ConnectionPoolContract {

    private static final PoolSettings SETTINGS = new PoolSettings("main/TEST", 3, Duration.ZERO);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean breaksAtOnce;
    private volatile Pause beforeOpen = () -> {};
    private volatile boolean alive = true;
    private final List<ConnectionPool> pools = new ArrayList<>();
    private volatile SQLException refusal;

    /** The one that is tested. */
    protected abstract ConnectionPoolFactory factory();

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
    void closesWhatBreaksWhileItIsTaken() {
        breaksAtOnce = true;

        assertThatThrownBy(this::open).hasMessageContaining("terminating connection");

        assertThat(open).hasValue(0);
        assertThat(opened).hasPositiveValue();
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
    void anInterruptedBorrowerWaitsNoLonger() throws Exception {
        ConnectionPool pool = open(new PoolSettings("main/TEST", 1, Duration.ZERO));
        try (Connection all = pool.getConnection(PATIENCE)) {
            assertThat(all).isNotNull();
            FutureTask<Boolean> borrower = new FutureTask<>(() -> {
                assertThatThrownBy(() -> pool.getConnection(PATIENCE.multipliedBy(6)))
                        .isInstanceOf(SQLException.class);
                return Thread.currentThread().isInterrupted();
            });
            Thread thread = new Thread(borrower, "is-interrupted");
            thread.start();
            Awaitility.await().until(() -> pool.stats().pending() == 1);

            thread.interrupt();

            assertThat(borrower.get()).as("the flag stays").isTrue();
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
    void opensWhatIsMissingWhenItGrows() throws Exception {
        ConnectionPool pool = open();
        Awaitility.await().until(() -> pool.stats().idle() == 3);
        Connection lent = pool.getConnection(PATIENCE);

        pool.resize(7);

        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(1, 6, 0, 7)));
        assertThat(open).hasValue(7);
        lent.close();
        assertThat(pool.stats()).isEqualTo(new PoolStats(0, 7, 0, 7));
    }

    @Test
    void closesWhatIsIdleWhenItShrinksAndWhatIsLentWhenItIsBack() throws Exception {
        ConnectionPool pool = open(new PoolSettings("main/TEST", 6, Duration.ZERO));
        Awaitility.await().until(() -> pool.stats().idle() == 6);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(pool.getConnection(PATIENCE));
        }

        pool.resize(2);

        Awaitility.await().untilAtomic(open, org.hamcrest.Matchers.is(4));
        for (Connection lent : all) {
            assertThat(lent.unwrap(Marked.class).isClosed()).isFalse();
            lent.close();
        }
        pool.resize(2);
        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 2, 0, 2)));
        assertThat(open).hasValue(2);
    }

    @Test
    void goesOnTryingToOpenWhatIsMissing() throws Exception {
        ConnectionPool pool = open(new PoolSettings("main/TEST", 1, Duration.ZERO));
        refusal = new SQLException("too many connections", "53300");
        pool.resize(3);
        Awaitility.await().untilAtomic(refused, org.hamcrest.Matchers.greaterThan(1));

        refusal = null;

        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 3, 0, 3)));
    }

    @Test
    void keepsNoConnectionThatWasBeingOpenedAtItsEnd() throws Exception {
        ConnectionPool pool = open(new PoolSettings("main/TEST", 1, Duration.ZERO));
        CountDownLatch atTheEnd = new CountDownLatch(1);
        CountDownLatch opening = new CountDownLatch(1);
        beforeOpen = () -> {
            opening.countDown();
            atTheEnd.await();
        };
        pool.resize(2);
        opening.await();
        Thread closing = new Thread(pool::close, "closes");
        closing.start();

        // Whether or not close() waits for it.
        Awaitility.await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        atTheEnd.countDown();
        closing.join();

        Awaitility.await().untilAtomic(open, org.hamcrest.Matchers.is(0));
        assertThat(opened).hasValue(2);
    }

    /** Four threads for two connections, which change their number meanwhile. */
    @Test
    void lendsEachConnectionToOneAtATime() throws Exception {
        ConnectionPool pool = open(new PoolSettings("main/TEST", 2, Duration.ZERO));
        Set<Marked> out = ConcurrentHashMap.newKeySet();
        List<FutureTask<Integer>> borrowers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FutureTask<Integer> borrower = new FutureTask<>(() -> {
                int twice = 0;
                for (int n = 0; n < 2_000; n++) {
                    try (Connection lent = pool.getConnection(PATIENCE)) {
                        Marked marked = lent.unwrap(Marked.class);
                        twice += out.add(marked) ? 0 : 1;
                        twice += marked.isClosed() ? 1 : 0;
                        out.remove(marked);
                    }
                }
                return twice;
            });
            borrowers.add(borrower);
            new Thread(borrower, "borrower-" + i).start();
        }
        for (int size = 1; !borrowers.stream().allMatch(FutureTask::isDone); size = size % 4 + 1) {
            pool.resize(size);
        }

        for (FutureTask<Integer> borrower : borrowers) {
            assertThat(borrower.get()).isZero();
        }
        pool.resize(3);
        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 3, 0, 3)));
        Awaitility.await().untilAtomic(open, org.hamcrest.Matchers.is(3));
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

    protected final ConnectionPool open(PoolSettings settings) throws SQLException {
        ConnectionPool pool = factory().open(settings, this::connect);
        pools.add(pool);
        return pool;
    }

    /** @param pause what each opening but the first waits for */
    protected final void openSlowly(Pause pause) {
        beforeOpen = pause;
    }

    /** What somebody waits for. */
    @FunctionalInterface
    protected interface Pause {

        void await() throws InterruptedException;

        /** Whoever is interrupted connects all the same, as a driver does. */
        default void run() {
            try {
                await();
            } catch (InterruptedException e) {
                try {
                    await();
                } catch (InterruptedException again) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** What {@code unwrap} must find. */
    interface Marked extends Connection {}

    private Connection connect() throws SQLException {
        SQLException now = refusal;
        if (now != null) {
            refused.incrementAndGet();
            throw now;
        }
        opened.incrementAndGet();
        open.incrementAndGet();
        if (opened.get() > 1) {
            beforeOpen.run();
        }
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
                    case "getWarnings" -> {
                        if (closed.get() > 0) {
                            throw new SQLException("This connection has been closed.", "08003");
                        }
                        yield null;
                    }
                    case "unwrap" -> ((Class<?>) args[0]).cast(self);
                    case "isValid" -> {
                        asked.incrementAndGet();
                        yield alive;
                    }
                    case "getAutoCommit" -> true;
                    case "isReadOnly" -> false;
                    case "getTransactionIsolation" -> {
                        if (breaksAtOnce) {
                            throw new SQLException("terminating connection", "57P01");
                        }
                        yield Connection.TRANSACTION_READ_COMMITTED;
                    }
                    case "getNetworkTimeout" -> 0;
                    case "getHoldability" -> java.sql.ResultSet.CLOSE_CURSORS_AT_COMMIT;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    case "toString" -> "marked";
                    default -> null;
                });
    }
}
