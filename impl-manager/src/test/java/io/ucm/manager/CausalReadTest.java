// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.Position;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteLostException;
import io.ucm.spi.Epoch;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reads that must see something, and reads where nobody takes writes. */
@Timeout(30)
class CausalReadTest {

    private static final Position WRITTEN = new Position(2, 1000);
    private static final CallOptions SEEING = CallOptions.DEFAULT.after(WRITTEN);
    private static final SqlWork<Boolean> SELECT = connection -> {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("select");
        }
    };

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", 3_600_000));

    private final FakeServer server = bench.server;
    private final ConnectionManager view = bench.view();

    @Test
    void goesToAReplicaThatHasReplayed() {
        serving(new Epoch("7", 2, Map.of(1, 500L)));
        server.replayed = true;

        answer(view.read(SELECT, SEEING));

        assertThat(bench.pools.borrowsAt("n1")).isZero();
        assertThat(server.log).anyMatch(text -> text.contains("pg_last_wal_replay_lsn() >= ?::pg_lsn"));
    }

    @Test
    void theReplicaIsAskedBeforeTheTransactionBegins() {
        serving(new Epoch("7", 2, Map.of(1, 500L)));
        server.replayed = true;

        answer(view.read(SELECT, SEEING));
        answer(view.read(SELECT, SEEING));

        assertThat(server.replayedInTransaction).isFalse();
    }

    @Test
    void waitsForAMoment() {
        serving(new Epoch("7", 2, Map.of()));
        AtomicInteger looks = new AtomicInteger();
        server.onReplayed = () -> server.replayed = looks.incrementAndGet() == 3;

        answer(view.read(SELECT, SEEING));

        assertThat(looks).hasValue(3);
        assertThat(bench.pools.borrowsAt("n1")).isZero();
    }

    @Test
    void thenGoesToThePrimary() {
        serving(new Epoch("7", 2, Map.of()));

        answer(view.read(SELECT, SEEING));

        assertThat(bench.pools.borrowsAt("n1")).isOne();
        assertThat(server.log).containsOnlyOnce("select");
    }

    @Test
    void asksNoReplicaWhoseHistoryIsNotKnownToBeThatOne() {
        serving(new Epoch("7", 3, Map.of(1, 500L)));

        answer(view.read(SELECT, SEEING));

        assertThat(bench.pools.borrowsAt("n1"))
                .as("nobody knows where timeline 2 ended")
                .isOne();
        assertThat(server.log).noneMatch(text -> text.contains("pg_last_wal_replay_lsn()"));
    }

    /** Others have promoted another node, and nobody here knows yet: the one that is known may be left behind. */
    @Test
    void thePrimaryIsAskedWhereTheWriteIsOfALaterHistoryThanIsKnown() {
        serving(new Epoch("7", 1, Map.of()));
        CompletableFuture<Boolean> read =
                view.read(SELECT, SEEING.withDeadline(Duration.ofSeconds(20))).toCompletableFuture();
        Awaitility.await().until(() -> server.log.stream().anyMatch(text -> text.contains("pg_last_wal_replay_lsn()")));
        Awaitility.await().during(Duration.ofMillis(200)).until(() -> !server.log.contains("select"));
        assertThat(read).isNotDone();

        server.replayed = true;

        answer(read);
        assertThat(server.log).containsOnlyOnce("select");
    }

    /** Each look for what is not there ends with the deadline, at the very moment at which the call is ended. */
    @Test
    void whoWaitsInVainIsToldAtTheDeadline() {
        serving(new Epoch("7", 1, Map.of()));
        List<CompletableFuture<Boolean>> reads = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            reads.add(view.read(SELECT, SEEING.withDeadline(Duration.ofMillis(100 + i)))
                    .toCompletableFuture());
        }

        for (CompletableFuture<Boolean> read : reads) {
            assertThat(failure(read)).isInstanceOf(SQLException.class);
        }
        assertThat(server.log).doesNotContain("select");
    }

    /** It is asked again outside of a transaction, before the next one is made read-only. */
    @Test
    void whatIsRunAgainWhereItIsAsksAgain() {
        serving(new Epoch("7", 2, Map.of()));
        server.replayed = true;
        AtomicInteger runs = new AtomicInteger();

        answer(view.read(
                connection -> {
                    SELECT.run(connection);
                    if (runs.getAndIncrement() == 0) {
                        throw new SQLException("cached plan must not change result type", "0A000");
                    }
                    return true;
                },
                SEEING));

        assertThat(runs).hasValue(2);
        assertThat(bench.pools.borrowsAt("n1")).isZero();
    }

    /** Without a watch nobody knows which history the primary is of. */
    @Test
    void thePrimaryIsAskedWhereNoHistoryIsKnown() {
        bench.route("n1");
        server.replayed = true;

        answer(view.read(SELECT, SEEING));

        assertThat(server.log).anyMatch(text -> text.contains("pg_last_wal_replay_lsn()"));
    }

    @Test
    void whatAFailoverHasLostIsSaidAtOnce() {
        serving(new Epoch("7", 3, Map.of(2, 999L)));

        assertThat(failure(view.read(SELECT, SEEING)))
                .isInstanceOf(WriteLostException.class)
                .hasMessageContaining("by 2:0/3E8 is lost")
                .hasMessageContaining("up to 2:0/3E7");
        assertThat(server.log).doesNotContain("select");
    }

    @Test
    void whatWasKeptIsThere() {
        serving(new Epoch("7", 3, Map.of(2, 1000L)));
        server.replayed = true;

        answer(view.read(SELECT, SEEING));

        assertThat(server.log).contains("select");
    }

    @Test
    void readsOfASessionStayTogether() {
        serving(new Epoch("7", 2, Map.of()));
        awaitReader("n2");
        awaitReader("n3");
        Set<String> used = new HashSet<>();
        for (int session = 0; session < 40; session++) {
            int before = bench.pools.borrowsAt("n2");
            for (int read = 0; read < 5; read++) {
                answer(view.read(SELECT, CallOptions.DEFAULT.inSession("s" + session)));
            }
            int atN2 = bench.pools.borrowsAt("n2") - before;
            assertThat(atN2).isIn(0, 5);
            used.add(atN2 == 0 ? "n3" : "n2");
        }
        assertThat(used).containsExactlyInAnyOrder("n2", "n3");
    }

    @Test
    void thePrimaryThatTakesNoWritesIsRead() {
        bench.route("n1");
        Awaitility.await().until(() -> bench.manager.generations().current() != null);
        bench.routeToReadOnly("n1");
        CompletableFuture<Boolean> write = view.write(SELECT, CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20)))
                .toCompletableFuture();

        answer(view.read(SELECT, CallOptions.DEFAULT.withAccess(Access.READ_WRITE)));
        answer(view.read(SELECT));

        assertThat(write).isNotDone();
        bench.route("n1");
        answer(write);
    }

    @Test
    void whoWaitsToReadThePrimaryGoesOnWhereItTakesNoWrites() {
        bench.route("n1");
        Awaitility.await().until(() -> bench.manager.generations().current() != null);
        bench.route(null);
        CompletableFuture<Boolean> read = view.read(
                        SELECT,
                        CallOptions.DEFAULT.withAccess(Access.READ_WRITE).withDeadline(Duration.ofSeconds(20)))
                .toCompletableFuture();
        assertThat(read).isNotDone();

        bench.routeToReadOnly("n1");

        answer(read);
    }

    private void serving(Epoch epoch) {
        bench.route("n1", epoch, "n2", "n3");
        Awaitility.await().until(() -> bench.manager.generations().current() != null);
        Awaitility.await().until(() -> {
            bench.manager.lane(true);
            return bench.manager.readers().serving().values().stream().anyMatch(Lane::serves);
        });
    }

    private void awaitReader(String node) {
        Awaitility.await().until(() -> {
            Lane lane = bench.manager.readers().to(bench.node(node));
            return lane != null && lane.serves();
        });
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> answer(stage));
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
