// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.PoolStats;
import io.ucm.distribution.ExchangeKit.Action;
import io.ucm.distribution.ExchangeKit.Swapped;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;

/** What goes wrong, or comes at a bad moment, while parts are exchanged. */
public class HandoverCasesIT extends HandoverContainer {

    private static final Duration LONG = Duration.ofSeconds(20);

    private ConnectionManager admin;

    @Before
    public void aTableIsThere() throws Exception {
        admin = manager("ADMIN");
        shell.run("ucm:sql --mode ADMIN 'CREATE TABLE IF NOT EXISTS kept (id int)'");
        shell.run("ucm:sql --mode ADMIN 'TRUNCATE kept'");
    }

    @After
    public void bothPoolsAreBack() throws Exception {
        kit.bundle(ExchangeKit.AGROAL).start();
        kit.bundle(ExchangeKit.POOL).start();
    }

    private ConnectionManager manager(String mode) throws Exception {
        return context.getService(context.getServiceReferences(ConnectionManager.class, "(ucm.mode=" + mode + ")")
                .iterator()
                .next());
    }

    /** Its connections are on classes that were loaded before. */
    @Test
    public void aTransactionThatIsLongerThanTheHoldGoesOn() throws Exception {
        for (String name : List.of(ExchangeKit.POOL, ExchangeKit.DRIVER)) {
            kit.bundle(ExchangeKit.AGROAL).stop();
            for (Action action : List.<Action>of(
                    () -> kit.restart(name),
                    () -> kit.update(name),
                    () -> kit.refresh(name),
                    () -> kit.reinstall(name))) {
                try (Connection connection = admin.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    connection.setAutoCommit(false);
                    statement.execute("INSERT INTO kept VALUES (1)");

                    action.run();

                    assertEquals("others work", 1, read("SELECT 1"));
                    statement.execute("INSERT INTO kept VALUES (2)");
                    // Such things need classes that nobody needed before.
                    connection.createArrayOf("int", new Integer[] {3}).free();
                    connection.getMetaData().getTypeInfo().close();
                    assertThrows(SQLException.class, () -> statement.execute("SAVEPOINT one; SELECT 1 / 0"));
                    connection.rollback();
                    statement.execute("INSERT INTO kept VALUES (4)");
                    connection.commit();
                }
            }
            kit.bundle(ExchangeKit.AGROAL).start();
        }
        assertEquals(8, read("SELECT count(*) FROM kept WHERE id = 4"));
        assertEquals(8, read("SELECT count(*) FROM kept"));
    }

    @Test
    public void whatIsOutBeyondTheDrainLimitIsClosedAndNamed() throws Exception {
        kit.change("ADMIN", "drain.limit.ms", Duration.ofSeconds(1));
        Instant before = Instant.now();
        try (Connection connection = admin.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO kept VALUES (1)");

            shell.run("ucm:swap pool " + ExchangeKit.AGROAL);

            assertThrows(SQLException.class, () -> statement.execute("INSERT INTO kept VALUES (2)"));
        }
        Swapped swap = kit.swapsSince(before).get(0);
        assertEquals(swap.json(), "1", swap.text("aborted"));
        assertTrue(swap.json(), swap.text("why").startsWith("aborted: bundle "));
        assertEquals(0, read("SELECT count(*) FROM kept"));
        kit.change("ADMIN", "drain.limit.ms", Duration.ofSeconds(30));
        shell.run("ucm:swap pool auto");
    }

    @Test
    public void aPoolThatThrowsIsRefused() throws Exception {
        refused("no pool today", (settings, source) -> {
            throw new SQLException("no pool today", "08001");
        });
    }

    @Test
    public void aPoolThatHangsIsRefused() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        refused("has not opened a pool to ", (settings, source) -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new SQLException("was interrupted");
        });
    }

    @Test
    public void aPoolWhoseConnectionsDoNotAnswerIsRefused() throws Exception {
        refused("does not answer", (settings, source) -> new Deaf());
    }

    /** Nothing tells against the driver, which was exchanged before and still drains. */
    @Test
    public void aBadPoolIsRefusedAlone() throws Exception {
        Instant before = Instant.now();
        Bundle offers;
        try (Connection connection = admin.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("INSERT INTO kept VALUES (1)");
            kit.restart(ExchangeKit.DRIVER);
            offers = kit.offerPool((settings, source) -> {
                throw new SQLException("no pool today", "08001");
            });
            connection.commit();
        }
        kit.awaitNoExchange();
        offers.uninstall();

        assertEquals(
                List.of("driver DONE", "pool ROLLED_BACK"),
                kit.swapsSince(before).stream()
                        .map(swap -> swap.text("slot") + " " + swap.text("outcome"))
                        .sorted()
                        .toList());
    }

    private void refused(String why, ConnectionPoolFactory bad) throws Exception {
        kit.awaitNoExchange();
        List<Swapped> swaps = kit.underLoad(() -> kit.offerPool(bad).uninstall());

        assertEquals(swaps.toString(), 1, swaps.size());
        assertEquals("ROLLED_BACK", swaps.get(0).text("outcome"));
        assertTrue(swaps.get(0).json(), swaps.get(0).json().contains(why));
    }

    /** Opens, and its connections lead nowhere. */
    private static final class Deaf implements ConnectionPool {

        @Override
        public Connection getConnection(Duration timeout) {
            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> method.getReturnType() == boolean.class ? Boolean.FALSE : null);
        }

        @Override
        public void evict(Connection lent) {}

        @Override
        public void resize(int size) {}

        @Override
        public PoolStats stats() {
            return new PoolStats(0, 1, 0, 1);
        }

        @Override
        public void close() {}
    }

    @Test
    public void anExchangeDuringAnExchange() throws Exception {
        kit.underLoad(() -> {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (String what : List.of(ExchangeKit.AGROAL, "auto", ExchangeKit.AGROAL, "auto")) {
                all.add(inBackground(() -> shell.run("ucm:swap pool " + what)));
                TimeUnit.MILLISECONDS.sleep(30);
            }
            all.add(inBackground(() -> kit.restart(ExchangeKit.DRIVER)));
            for (CompletableFuture<Void> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        });
    }

    @Test
    public void aBundleThatHoldsConnectionsStopsMeanwhile() throws Exception {
        Bundle consumer = context.installBundle(
                TestBundle.consuming(ConsumerActivator.class, Files.createTempDirectory("consumers"))
                        .toUri()
                        .toString());
        kit.underLoad(() -> {
            consumer.start();
            CompletableFuture<Void> swap = inBackground(() -> shell.run("ucm:swap pool " + ExchangeKit.AGROAL));
            consumer.stop();
            swap.get(60, TimeUnit.SECONDS);
            consumer.start();
            swap = inBackground(() -> shell.run("ucm:swap pool auto"));
            consumer.stop();
            swap.get(60, TimeUnit.SECONDS);
        });
        consumer.uninstall();
        ContainerShell.await(
                "nothing is lent", () -> shell.run("ucm:pool --json ADMIN"), pool -> pool.contains("\"borrowed\":[]"));
    }

    @Test
    public void ofAThousandWhoAreParkedThoseWithTimeAreServed() throws Exception {
        kit.bundle(ExchangeKit.AGROAL).stop();
        kit.bundle(ExchangeKit.POOL).stop();
        List<CompletionStage<Integer>> impatient = new ArrayList<>();
        List<CompletionStage<Integer>> patient = new ArrayList<>();
        ConnectionManager manager = manager("ASYNC_MODERN");
        for (int i = 0; i < 1_000; i++) {
            boolean soon = i % 4 == 0;
            (soon ? impatient : patient)
                    .add(manager.read(
                            connection -> first(connection, "SELECT 1"),
                            CallOptions.DEFAULT.withDeadline(soon ? Duration.ofMillis(300) : LONG)));
        }

        for (CompletionStage<Integer> one : impatient) {
            Throwable failure = assertThrows(ExecutionException.class, () -> one.toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .getCause();
            assertTrue(failure.toString(), failure instanceof SQLException);
            assertTrue(failure.toString(), failure.getMessage().contains("the slot 'pool' is empty"));
        }
        assertTrue(patient.stream().noneMatch(one -> one.toCompletableFuture().isDone()));
        kit.bundle(ExchangeKit.POOL).start();

        for (CompletionStage<Integer> one : patient) {
            assertEquals(1, (int) one.toCompletableFuture().get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    public void whoImportsAnythingFromAnybodyWorksOn() throws Exception {
        Bundle consumer = context.installBundle(
                TestBundle.importingAnything(WorkingActivator.class, Files.createTempDirectory("consumers"))
                        .toUri()
                        .toString());
        consumer.start();
        kit.underLoad(() -> {
            kit.restart(ExchangeKit.DRIVER);
            kit.update(ExchangeKit.DRIVER);
            kit.refresh(ExchangeKit.DRIVER);
            kit.update(ExchangeKit.POOL);
            kit.refresh(ExchangeKit.POOL);
        });
        int done = (int) System.getProperties().get(WorkingActivator.DONE);
        ContainerShell.await(
                "it works", () -> (int) System.getProperties().get(WorkingActivator.DONE), now -> now > done);
        consumer.stop();
        consumer.uninstall();
        assertEquals(null, System.getProperties().get(WorkingActivator.FAILED));
    }

    /** Whoever waits has time until it is back. */
    @Test
    public void thePrimaryHangsMeanwhile() throws Exception {
        kit.underLoad(() -> {
            shell.run("embedded:freeze primary");
            CompletableFuture<Void> swap = inBackground(() -> shell.run("ucm:swap pool " + ExchangeKit.AGROAL));
            TimeUnit.SECONDS.sleep(3);
            shell.run("embedded:thaw n1");
            swap.get(60, TimeUnit.SECONDS);
            shell.run("ucm:swap pool auto");
        });
    }

    private int read(String sql) throws Exception {
        return admin.read(connection -> first(connection, sql), CallOptions.DEFAULT.withDeadline(LONG))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static int first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static CompletableFuture<Void> inBackground(Action action) {
        return CompletableFuture.runAsync(() -> {
            try {
                action.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
