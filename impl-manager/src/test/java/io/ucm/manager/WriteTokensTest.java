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
import java.util.List;
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
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    /** Since 1970; any will do. */
    private static final long PERIODS = 62_301;

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

    /** The next period's: at the begin of this one its youngest row was 24 hours old. */
    @Test
    void theTableOfTheNextPeriodIsEmptied() throws Exception {
        long now = PERIODS * WriteToken.PERIOD_MS + HOUR_MS;
        String next = WriteToken.at(now + WriteToken.PERIOD_MS).claim().split(" ")[2];

        empty(now);

        assertThat(server.log).contains("SET LOCAL lock_timeout = '1s'", "TRUNCATE " + next);
        assertThat(List.of(0, 1, 2, 3))
                .noneMatch(ago ->
                        WriteToken.at(now - ago * WriteToken.PERIOD_MS).claim().contains(next + " "));
    }

    @Test
    void anEmptyTableIsLeftAlone() throws Exception {
        server.old = false;

        empty(PERIODS * WriteToken.PERIOD_MS + HOUR_MS);

        assertNothingEmptied();
    }

    @Test
    void withinAnHourOfEitherEndNothingIsEmptied() throws Exception {
        empty(PERIODS * WriteToken.PERIOD_MS + HOUR_MS - 1);
        empty((PERIODS + 1) * WriteToken.PERIOD_MS - HOUR_MS + 1);

        assertNothingEmptied();
    }

    private void empty(long serverMs) throws SQLException {
        try (Connection connection = connect()) {
            admin.empty(connection, serverMs);
        }
    }

    private void assertNothingEmptied() {
        assertThat(server.log).noneMatch(sql -> sql.startsWith("TRUNCATE"));
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
