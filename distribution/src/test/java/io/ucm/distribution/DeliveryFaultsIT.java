// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.chaos.ChaosProxy;
import io.ucm.chaos.Way;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.Test;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** Transactions and commits are cut off on a primary that stays: each call is done once, and its caller told so. */
@ExamReactorStrategy(PerClass.class)
public class DeliveryFaultsIT extends ChaosContainer {

    private static final int DEADLINE_MS = 3_000;
    private static final int WRITES = 200;
    private static final String WRITE = "INSERT INTO trips VALUES (1)";

    /** That hosts have stopped is found within 1 s, and then the primary is connected to anew. */
    private static final CallOptions ON_PRIMARY =
            CallOptions.DEFAULT.withAccess(Access.READ_WRITE).withDeadline(Duration.ofSeconds(2));

    @Test
    public void connectionsAreResetTenTimesASecond() throws Exception {
        assertNobodyNotices(() -> {
            for (int i = 0; i < 50; i++) {
                kit.proxies().forEach(ChaosProxy::reset);
                seconds(0.2 * random.nextDouble());
            }
        });
    }

    @Test
    public void thePrimarysPacketsAreLostForTwoSeconds() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxy("n1").drop(Way.TO_SERVER, Way.TO_CLIENT);
            seconds(2);
            kit.proxy("n1").pass();
        });
    }

    @Test
    public void onlyThePrimarysAnswersAreLostForTwoSeconds() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxy("n1").drop(Way.TO_CLIENT);
            seconds(2);
            kit.proxy("n1").pass();
        });
    }

    @Test
    public void readersDoNotMissAReplicaThatFallsSilent() throws Exception {
        assertNoReaderNotices(() -> {
            kit.proxy("n2").drop(Way.TO_SERVER, Way.TO_CLIENT);
            seconds(2);
            kit.proxy("n2").pass();
        });
    }

    @Test
    public void aRestartThatTakesTenSecondsIsWaitedFor() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxy("n1").startUp();
            seconds(10);
            kit.proxy("n1").pass();
        });
    }

    @Test
    public void aServerThatHasNoRoomForAnybodyIsWaitedFor() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxy("n1").refuse("53300", "sorry, too many clients already");
            kit.proxy("n1").reset();
            seconds(3);
            kit.proxy("n1").pass();
        });
    }

    @Test
    public void backendsAreTerminatedTenTimesASecond() throws Exception {
        assertNobodyNotices(() -> {
            for (int i = 0; i < 50; i++) {
                kit.sql("n1", "SELECT pg_terminate_backend(pid) FROM (" + aBackend() + ") AS unlucky");
                seconds(0.1);
            }
        });
    }

    @Test
    public void aServerThatCrashesComesBack() throws Exception {
        assertNobodyNotices(() -> {
            ChaosKit.signal("KILL", kit.sql("n1", aBackend()));
            seconds(1);
            kit.awaitAllUp();
        });
    }

    @Test
    public void answersOfCommitsAreLostWithTheirConnections() throws Exception {
        assertNobodyNotices(() -> loseCommits(ChaosProxy.Then.RESET));
    }

    @Test
    public void answersOfCommitsAreLostAndNobodySaysSo() throws Exception {
        assertNobodyNotices(() -> loseCommits(ChaosProxy.Then.SILENCE));
    }

    private void loseCommits(ChaosProxy.Then then) throws Exception {
        int before = kit.proxy("n1").lostCommits();
        kit.proxy("n1").loseCommits(10, then);
        ContainerShell.await("ten are lost", () -> kit.proxy("n1").lostCommits() - before, lost -> lost == 10);
    }

    /** Commits wait for a standby: they are neither there nor undone when they are asked for. */
    @Test
    public void theOldTransactionIsStillOpenWhenItsTokenIsAskedFor() throws Exception {
        assertNobodyNotices(() -> {
            shell.run("embedded:freeze n2");
            shell.run("embedded:freeze n3");
            seconds(0.3);
            kit.proxy("n1").reset();
            seconds(3);
            shell.run("embedded:thaw n2");
            shell.run("embedded:thaw n3");
            kit.awaitAllUp();
        });
    }

    /** A fraction is left for those who look at the primary meanwhile. */
    @Test
    public void theTokenOfAWriteCostsNoRoundTrip() throws Exception {
        manager.write(connection -> execute(connection, "CREATE TABLE IF NOT EXISTS trips (id int)"))
                .toCompletableFuture()
                .join();

        double byHand = roundTripsOf(this::writeByHand);
        double written = roundTripsOf(() -> manager.write(connection -> execute(connection, WRITE))
                .toCompletableFuture()
                .join());

        assertEquals(byHand, written, 0.5);
    }

    private double roundTripsOf(Callable<?> write) throws Exception {
        write.call();
        long before = kit.proxy("n1").roundTrips();
        for (int i = 0; i < WRITES; i++) {
            write.call();
        }
        return (kit.proxy("n1").roundTrips() - before) / (double) WRITES;
    }

    private Void writeByHand() throws SQLException {
        try (Connection connection = manager.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, WRITE);
            connection.commit();
        }
        return null;
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @Test
    public void withoutAnyReplicaWritesEndByTheirDeadlinesAndThePrimaryIsRead() throws Exception {
        assertOnlyWritesWait("kill", "rejoin");
    }

    /** The primary says for seconds that they stream, and commits wait for them. */
    @Test
    public void withFrozenReplicasWritesEndByTheirDeadlinesAndThePrimaryIsRead() throws Exception {
        assertOnlyWritesWait("freeze", "thaw");
    }

    private void assertOnlyWritesWait(String fault, String end) throws Exception {
        Map<String, String> figures = report("", DEADLINE_MS, () -> {
            shell.run("embedded:" + fault + " n2");
            shell.run("embedded:" + fault + " n3");
            for (int i = 0; i < 50; i++) {
                readThePrimary();
                seconds(0.1);
            }
            shell.run("embedded:" + end + " n2");
            shell.run("embedded:" + end + " n3");
            kit.awaitAllUp();
        });
        assertKept(figures);
        assertTrue(figures.toString(), Integer.parseInt(figures.get("unknown")) <= 64);
        double longest = Double.parseDouble(figures.get("stallMs").replaceAll(".*\"max\":([0-9.]+).*", "$1"));
        assertTrue(figures.toString(), longest < DEADLINE_MS + 1_000);
        assertEquals(
                "only for lack of time: " + figures,
                "{}",
                figures.get("failedByState").replaceAll("\"(08001|57014|08000)\":\\d+,?", ""));
        assertNobodyNotices(() -> {});
    }

    private void readThePrimary() {
        assertTrue(manager.read(connection -> execute(connection, "SELECT 1"), ON_PRIMARY)
                .toCompletableFuture()
                .join());
    }
}
