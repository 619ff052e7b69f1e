// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.BreakerState;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class NodeBreakerTest {

    private final ManualClock clock = new ManualClock();
    private final NodeBreaker breaker = new NodeBreaker("main/n1", clock);

    @Test
    void isClosedAtFirst() {
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failureRate()).isNegative();
    }

    @Test
    void isClosedAgainWhenItsNodeRunsAnew() {
        for (int i = 0; i < 10; i++) {
            breaker.failed(new SQLException("again"));
        }
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);

        breaker.reset();

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failureRate()).isNegative();
    }

    @Test
    void aSingleFailureDoesNotOpenIt() {
        for (int i = 0; i < 9; i++) {
            breaker.succeeded();
        }
        breaker.failed(new SQLException("once"));

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.failureRate()).isEqualTo(10);
        assertThat(breaker.successes()).isEqualTo(9);
        assertThat(breaker.failures()).isOne();
    }

    @Test
    void opensWhenHalfOfTheResultsAreFailures() {
        open();

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.failureRate()).isEqualTo(100);
    }

    @Test
    void staysOpenForASecondWhateverTheAnswers() {
        open();
        clock.pass(Duration.ofMillis(999));
        breaker.asking();
        breaker.succeeded();

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void becomesHalfOpenOnlyWhenSomebodyAsks() {
        open();
        clock.pass(Duration.ofSeconds(10));
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);

        breaker.asking();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    void closesAfterTwoGoodAnswers() {
        halfOpen();
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);

        breaker.asking();
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void opensAgainWhenAnAnswerIsMissing() {
        halfOpen();
        breaker.failed(new SQLException("still"));
        breaker.asking();
        breaker.failed(new SQLException("still"));

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    /** Its thread would keep the bundle's classes for ever. */
    @Test
    void startsNoThread() {
        halfOpen();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread ->
                        thread.getName().toLowerCase(java.util.Locale.ROOT).contains("circuit"));
    }

    private void open() {
        for (int i = 0; i < NodeBreaker.WINDOW; i++) {
            breaker.failed(new SQLException("refused"));
        }
    }

    private void halfOpen() {
        open();
        clock.pass(Duration.ofSeconds(1).plusMillis(1));
        breaker.asking();
    }

    private static final class ManualClock extends Clock {

        private Instant now = Instant.parse("2026-11-01T00:00:00Z");

        void pass(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
