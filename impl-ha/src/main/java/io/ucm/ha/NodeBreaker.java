// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.ucm.spi.BreakerState;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The circuit breaker of one node, of Resilience4j. It opens when half of the last ten results were failures, and closes
 * after two good ones in a row, the first of them a second later at the earliest. Thread-safe.
 *
 * <p>It turns nobody away itself: nodes are asked whatever it says, and what it says is published. That the library
 * makes it half-open by a timer is left off, because that timer's thread would live for ever.
 */
final class NodeBreaker {

    /** How many results the state depends on; more failures than that at once say nothing new. */
    static final int WINDOW = 10;

    private static final CircuitBreakerConfig CONFIG = CircuitBreakerConfig.custom()
            .slidingWindow(WINDOW, WINDOW / 2, SlidingWindowType.COUNT_BASED)
            .failureRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(2)
            .automaticTransitionFromOpenToHalfOpenEnabled(false)
            .build();

    private final CircuitBreaker breaker;
    private final AtomicLong successes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    NodeBreaker(String name, Clock clock) {
        this.breaker = CircuitBreaker.of(
                name, CircuitBreakerConfig.from(CONFIG).clock(clock).build());
    }

    /** The node is going to be asked: what was open for long enough is half-open now. */
    void asking() {
        breaker.tryAcquirePermission();
    }

    void succeeded() {
        successes.incrementAndGet();
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** @param cause for the library's events only */
    void failed(Throwable cause) {
        failures.incrementAndGet();
        breaker.onError(0, TimeUnit.NANOSECONDS, cause);
    }

    /** It runs anew, by plan: what failed before tells nothing. */
    void reset() {
        breaker.reset();
    }

    BreakerState state() {
        return state(breaker);
    }

    static BreakerState state(CircuitBreaker breaker) {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
        };
    }

    /** In per cent; negative while there are too few results. */
    float failureRate() {
        return breaker.getMetrics().getFailureRate();
    }

    long successes() {
        return successes.get();
    }

    long failures() {
        return failures.get();
    }
}
