// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The sessions behind a pool's connections are replaced before their end, and nobody notices. */
@Timeout(30)
class RenewalTest {

    private static final Duration FOR_EVER = Duration.ZERO;
    private static final Duration OVER = Duration.ofNanos(1);

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final FakeServer server = bench.server;

    @Test
    void opensTheNewOneBeforeTheOldOneIsClosed() {
        Generation serving = full();

        serving.renew(OVER);

        Awaitility.await().until(() -> server.open.get() == 2);
        assertThat(server.sessions).hasSize(4);
        assertThat(server.highest.get()).as("with those that are being closed").isBetween(3, 4);
        assertThat(bench.pools.opened).hasSize(1);
        assertThat(serving.capacity()).isEqualTo(2);
    }

    /** A pool may have one more for a moment, while it puts one in the place of another. */
    @Test
    void nobodyIsLetInForAConnectionThatIsOneTooManyOrNotThere() {
        Generation serving = full();
        PhysicalConnection any = serving.connections().open().get(0);

        PhysicalConnection more = new PhysicalConnection(any.session(), any.node(), serving.connections());

        assertThat(serving.connections().size()).isEqualTo(3);
        assertThat(serving.capacity()).isEqualTo(2);
        serving.connections().gone(more);
        serving.connections().gone(any);
        assertThat(serving.capacity()).isOne();
    }

    @Test
    void aConnectionInUseIsReplacedOnItsWayBack() throws Exception {
        Generation serving = full();
        try (Connection one = bench.view().dataSource().getConnection();
                Connection two = bench.view().dataSource().getConnection()) {
            serving.renew(OVER);
            one.createStatement().execute("still here");

            assertThat(server.log).doesNotContain("close");
            assertThat(server.open).hasValue(4);
        }

        Awaitility.await().until(() -> server.open.get() == 2);
        assertThat(server.log).doesNotContain("abort");
    }

    @Test
    void whatIsYoungIsLeftAlone() {
        Generation serving = full();

        serving.renew(FOR_EVER);
        serving.renew(Duration.ofHours(1));

        assertThat(server.sessions).hasSize(2);
    }

    @Test
    void whatCanNotBeReplacedGoesOn() {
        Generation serving = full();
        server.onConnect = () -> {
            throw new SQLTransientConnectionException("too many clients", "53300");
        };

        serving.renew(OVER);
        serving.renew(OVER);

        assertThat(server.urls).as("it pauses after a failure").hasSize(3);
        assertThat(server.open).hasValue(2);
        assertThat(bench.view()
                        .write(connection -> "done")
                        .toCompletableFuture()
                        .join())
                .isEqualTo("done");
    }

    @Test
    void aNewPasswordRenewsAllWithoutANewPool() {
        Generation serving = full();

        bench.change(Map.of("_password", "geheim"));
        serving.renew(FOR_EVER);

        assertThat(server.sessions.subList(2, 4)).allMatch(session -> "geheim".equals(session.get("password")));
        assertThat(bench.manager.generations().current()).isSameAs(serving);
        Awaitility.await().until(() -> server.open.get() == 2);
    }

    @Test
    void aLostRoleRenewsAll() {
        Generation serving = full();

        serving.connections().endEpoch();
        serving.renew(FOR_EVER);

        assertThat(server.sessions).hasSize(4);
        Awaitility.await().until(() -> server.open.get() == 2);
        assertThat(serving.connections().open())
                .allMatch(connection -> serving.connections().trusts(connection));
    }

    @Test
    void aClosedPoolKeepsNoneThatCameTooLate() throws Exception {
        Generation serving = full();
        Connection lent = bench.view().dataSource().getConnection();
        serving.renew(OVER);

        bench.manager.generations().park("for the test");
        lent.close();

        Awaitility.await().until(() -> server.open.get() == 0);
    }

    /** Borrowers and renewals at once: no session is used by two, none is closed in use, none is left over. */
    @Test
    void nobodyNoticesUnderLoad() throws Exception {
        Generation serving = full();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger borrowed = new AtomicInteger();
        CompletableFuture<?>[] borrowers = new CompletableFuture<?>[4];
        for (int i = 0; i < borrowers.length; i++) {
            borrowers[i] = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    try (Connection connection = bench.view().dataSource().getConnection()) {
                        connection.createStatement().execute("SET it");
                        assertThat(connection.isClosed()).isFalse();
                        borrowed.incrementAndGet();
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            });
        }
        for (int round = 0; round < 300; round++) {
            serving.renew(OVER);
        }
        done.set(true);

        CompletableFuture.allOf(borrowers).get(20, TimeUnit.SECONDS);
        assertThat(borrowed.get()).isPositive();
        assertThat(server.usedWhenClosed).hasValue(0);
        assertThat(server.log).doesNotContain("abort");
        serving.renew(FOR_EVER);
        Awaitility.await().until(() -> server.open.get() <= 4);
    }

    private Generation full() {
        Generation serving = bench.serving();
        Awaitility.await().until(() -> serving.capacity() == 2);
        return serving;
    }
}
