// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.BreakerState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModeBreakerTest {

    private static final Duration OPEN_TIME = Duration.ofSeconds(2);
    private static final Duration PROBES = Duration.ofSeconds(1);
    private static final long QUICK = Duration.ofMillis(1).toNanos();
    private static final long SLOW = Duration.ofMillis(201).toNanos();
    private static final SQLException BROKEN = new SQLException("internal error", "XX000");
    private static final SQLException LOST = new SQLException("gone", "08006");

    private final AtomicLong now = new AtomicLong(1_000_000_007);
    private final BreakerThresholds thresholds = new BreakerThresholds(Duration.ofMillis(200), 50, 20, 10, 3);
    private final ModeBreaker breaker = new ModeBreaker("main/n1/PRIMARY/A", thresholds, OPEN_TIME, PROBES, now::get);

    @Test
    void isClosedAtFirst() {
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.retryAfter()).isZero();
        assertThat(breaker.enter()).isPositive();
    }

    @Test
    void concludesNothingOfFewCalls() {
        use(9, QUICK, BROKEN);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);

        use(1, QUICK, BROKEN);
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void opensWhenHalfOfTheCallsFailed() {
        use(11, QUICK, null);
        use(9, QUICK, BROKEN);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failureRate()).isEqualTo(45);

        use(1, QUICK, BROKEN);
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.successes()).isEqualTo(11);
        assertThat(breaker.failures()).isEqualTo(10);
    }

    @Test
    void opensWhenHalfOfTheCallsWereSlow() {
        use(11, QUICK, null);
        use(9, SLOW, null);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.slowRate()).isEqualTo(45);

        use(1, SLOW, null);
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aSuccessThatOpensItBeginsItsTimeToo() {
        use(9, QUICK, BROKEN);
        pass(Duration.ofDays(1));

        use(1, QUICK, null);

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.retryAfter()).isEqualTo(OPEN_TIME.plus(PROBES).toNanos());
        breaker.probed();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void whatIsSlowDoesNotCountWhereNothingIs() {
        BreakerThresholds patient = new BreakerThresholds(Duration.ZERO, 100, 20, 10, 3);
        ModeBreaker batch = new ModeBreaker("batch", patient, OPEN_TIME, PROBES, now::get);

        for (int i = 0; i < 100; i++) {
            batch.ended(batch.enter(), Duration.ofHours(1).toNanos(), null);
        }

        assertThat(batch.state()).isEqualTo(BreakerState.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "42P01", "42501", "42601", "42703", "23505", "23503", "23514", "22012", "22001", "22P02", "40001",
                "40P01", "P0001", "25006", "25P02", "53100", "53300"
            })
    void theApplicationsErrorsNeverOpenIt(String state) {
        use(100, QUICK, new SQLException("no", state));

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failures()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"XX000", "58030", "53200", "57014"})
    void theServersErrorsOpenIt(String state) {
        use(10, QUICK, new SQLException("no", state));

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "08001", "57P01", "57P02", "57P03"})
    void connectionsThatAreLostAtTheSameMomentAreOneFailure(String state) {
        use(1_000, QUICK, new SQLException("gone", state));

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failures()).isOne();
    }

    @Test
    void aNodeThatLosesAllItsConnectionsTimeAndAgainOpensIt() {
        for (int moment = 0; moment < 10; moment++) {
            assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
            use(5, QUICK, LOST);
            pass(ModeBreaker.MOMENT);
        }

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void openItTurnsAwayWithTheTimeToRetry() {
        open();
        pass(Duration.ofMillis(500));

        long expected = Duration.ofMillis(1_500).plus(PROBES).toNanos();
        assertThat(breaker.retryAfter()).isEqualTo(expected);
        assertThat(breaker.enter()).isEqualTo(-expected);
        assertThat(breaker.refusals()).isOne();
    }

    @Test
    void noCallerMakesItHalfOpen() {
        open();
        pass(Duration.ofDays(1));

        // The library has a clock of its own.
        Awaitility.await().during(Duration.ofMillis(20)).until(() -> breaker.enter() == -PROBES.toNanos());
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aProbeOfAClosedOneChangesNothing() {
        List<Long> leaves = enter(10);
        pass(Duration.ofDays(1));

        breaker.probed();
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);

        leaves.forEach(leave -> breaker.ended(leave, QUICK, BROKEN));
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aProbeMakesItHalfOpenAfterTheOpenTime() {
        open();
        pass(OPEN_TIME.minusNanos(1));
        breaker.probed();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);

        pass(Duration.ofNanos(1));
        breaker.probed();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker.retryAfter()).isZero();
    }

    @Test
    void halfOpenItLetsAFewThroughAndClosesWhenTheyGoWell() {
        halfOpen();

        List<Long> leaves = enter(3);
        assertThat(breaker.enter()).isEqualTo(-PROBES.toNanos());
        leaves.forEach(leave -> breaker.ended(leave, QUICK, null));

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void halfOpenItOpensAgainWhenTheyFailAndWaitsAnew() {
        halfOpen();
        pass(Duration.ofMillis(300));

        enter(3).forEach(leave -> breaker.ended(leave, QUICK, LOST));

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.retryAfter()).isEqualTo(OPEN_TIME.plus(PROBES).toNanos());
    }

    @Test
    void halfOpenItOpensAgainWhenTheyAreSlow() {
        halfOpen();

        enter(3).forEach(leave -> breaker.ended(leave, SLOW, null));

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aCallThatWasInterruptedMakesRoomForAnother() {
        halfOpen();
        List<Long> leaves = enter(3);

        breaker.interrupted(leaves.get(0), QUICK);

        assertThat(breaker.enter()).isPositive();
        assertThat(breaker.enter()).isNegative();
    }

    @Test
    void aCallThatWasInterruptedAfterItHadTakenTooLongIsSlow() {
        halfOpen();

        enter(3).forEach(leave -> breaker.interrupted(leave, SLOW));

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void whatWasLetInBeforeSaysNothingOfNow() {
        List<Long> old = enter(10);
        halfOpen();
        old.forEach(leave -> breaker.ended(leave, QUICK, BROKEN));
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);

        breaker.reset();
        old.forEach(leave -> breaker.ended(leave, QUICK, BROKEN));
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void whatWasLetInBeforeAResetSaysNothingAfterIt() {
        List<Long> old = enter(10);
        pass(Duration.ofMillis(1));

        breaker.reset();

        old.forEach(leave -> breaker.ended(leave, QUICK, BROKEN));
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void halfOpenItGivesThoseItLetThroughTheirTime() {
        halfOpen();
        List<Long> leaves = enter(3);
        pass(OPEN_TIME.minusNanos(1));

        breaker.probed();

        leaves.forEach(leave -> breaker.ended(leave, QUICK, null));
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void whatWasLetInBeforeAndInterruptedNowMakesNoRoom() {
        List<Long> old = enter(10);
        halfOpen();
        enter(3);

        old.forEach(leave -> breaker.interrupted(leave, QUICK));
        old.forEach(leave -> breaker.interrupted(leave, SLOW));

        assertThat(breaker.enter()).isNegative();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    void whoNeverComesBackDoesNotKeepItHalfOpen() {
        halfOpen();
        enter(3);
        pass(OPEN_TIME);

        breaker.probed();

        enter(3).forEach(leave -> breaker.ended(leave, QUICK, null));
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void isClosedAndKnowsNothingAfterAReset() {
        open();

        breaker.reset();

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        use(9, QUICK, BROKEN);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void opensForAsLongAgainAfterAReset() {
        open();
        breaker.reset();
        pass(Duration.ofDays(1));

        open();

        assertThat(breaker.retryAfter()).isEqualTo(OPEN_TIME.plus(PROBES).toNanos());
    }

    /** Its thread would keep the bundle's classes for ever. */
    @Test
    void startsNoThread() {
        halfOpen();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().toLowerCase(Locale.ROOT).contains("circuit"));
    }

    private void open() {
        use(10, QUICK, BROKEN);
    }

    private void halfOpen() {
        open();
        pass(OPEN_TIME);
        breaker.probed();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    private void use(int times, long nanos, SQLException failure) {
        for (int i = 0; i < times; i++) {
            breaker.ended(breaker.enter(), nanos, failure);
        }
    }

    private List<Long> enter(int times) {
        List<Long> leaves = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            leaves.add(breaker.enter());
        }
        assertThat(leaves).allMatch(leave -> leave > 0);
        return leaves;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
