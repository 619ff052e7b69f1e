// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.CommitOutcome;
import io.ucm.spi.Epoch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who looks for the tables of the tokens, and how often. */
class WriteTokensTest {

    private static final Duration RARELY = Duration.ofMinutes(4);

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("commit_outcome", "RESOLVED"));

    private final FakeServer server = bench.server;
    private final AtomicInteger changes = new AtomicInteger();
    private final WriteTokens tokens = new WriteTokens(new ManagerKey("main", "ASYNC_MODERN"), changes);
    private final WriteTokens admin = new WriteTokens(new ManagerKey("main", "ADMIN"), changes);

    @ParameterizedTest
    @EnumSource(CommitOutcome.class)
    void aRoleThatMayNotLeaveThemAsksRarely(CommitOutcome outcome) {
        server.tokens = ConcurrentHashMap.newKeySet();
        server.mayLeave = false;

        look(tokens, outcome, 15);

        assertThat(tokens.next()).isNull();
        assertThat(tokens.pace().untilNext()).isGreaterThan(RARELY);
    }

    @Test
    void whereThereAreNoTablesItAsksRarely() {
        server.tokens = ConcurrentHashMap.newKeySet();
        server.tablesThere = false;

        look(tokens, CommitOutcome.RESOLVED, 15);

        assertThat(tokens.problem()).contains("has no tables");
        assertThat(tokens.pace().untilNext()).isGreaterThan(RARELY);
    }

    @Test
    void whereNobodyAnswersItAsksAgainSoon() {
        server.onConnect = () -> {
            throw new SQLException("away", "08001");
        };

        look(tokens, CommitOutcome.RESOLVED, 15);

        assertThat(tokens.pace().untilNext()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    @Test
    void whoCreatesThemMakesTheOthersLookAtOnce() {
        whereThereAreNoTablesItAsksRarely();
        server.mayCreate = true;

        look(admin, CommitOutcome.REPORTED, 1);

        assertThat(tokens.pace().isDue()).isTrue();
        look(tokens, CommitOutcome.RESOLVED, 1);
        assertThat(tokens.problem()).isNull();
        assertThat(tokens.pace().isDue()).isFalse();
    }

    @Test
    void whoLetsOthersInMakesThemLookAtOnce() {
        aRoleThatMayNotLeaveThemAsksRarely(CommitOutcome.RESOLVED);
        server.mayCreate = true;
        server.outside.add("app");

        look(admin, CommitOutcome.REPORTED, 1);

        assertThat(tokens.pace().isDue()).isTrue();
    }

    /** PostgreSQL only warns of a grant that grants nothing: else all of them would look all the time. */
    @Test
    void aGrantThatDoesNothingMakesNobodyLook() {
        aRoleThatMayNotLeaveThemAsksRarely(CommitOutcome.RESOLVED);
        server.mayCreate = true;
        server.outside.addAll(Set.of("app", "app2"));
        server.grants = false;

        look(admin, CommitOutcome.REPORTED, 1);

        assertThat(tokens.pace().isDue()).isFalse();
    }

    @Test
    void anotherHistoryIsLookedAtWithTheNextCare() {
        server.tokens = new HashSet<>();
        server.mayLeave = false;
        bench.route("n1", new Epoch("7", 1, Map.of()));
        Awaitility.await().until(bench.manager.tokens()::isSettled);
        look(bench.manager.tokens(), CommitOutcome.RESOLVED, 15);
        int before = server.looks.get();

        bench.route("n1", new Epoch("7", 1, Map.of()));
        bench.manager.care();
        assertThat(server.looks).hasValue(before);

        bench.route("n1", new Epoch("7", 2, Map.of()));
        bench.manager.care();
        assertThat(server.looks).hasValueGreaterThan(before);
    }

    private void look(WriteTokens who, CommitOutcome outcome, int times) {
        for (int i = 0; i < times; i++) {
            who.look(this::connect, outcome, Set.of("app"));
        }
    }

    private Connection connect() throws SQLException {
        return server.factory().createDriver(null).connect("jdbc:n1", new Properties());
    }
}
