// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.ucm.spi.BreakerState;
import io.ucm.spi.CallBreaker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of one mode's calls to one node in one role, of Resilience4j. Thread-safe.
 *
 * <p>Open, it stays so until a probe of the node succeeds ({@link #probed}) after the open time: then a few calls are let
 * through, whose results close it or open it again. What is not told in another open time is given up, and a few more are
 * let through. The library's own way there is left off: it needs a timer thread that would live for ever, or a caller who
 * happens to come.
 *
 * <p>Invariants: a leave is good for as long as {@code leave} is the same, so what was let in before the last change by us
 * says nothing afterwards. Connections that are lost at the same moment are one failure while it is closed, because what
 * ends a session ends others with it: a restart, a failover, a cut network do not open it, a node that loses all of them
 * time and again does. {@code opened} and {@code since} change under the lock of this object.
 */
final class ModeBreaker implements CallBreaker {

    /** What is lost within that is lost at the same moment. */
    static final Duration MOMENT = Duration.ofMillis(100);

    /** Callers don't make it half-open: it is asked after that only. */
    private static final Duration NEVER = Duration.ofDays(365);

    private final CircuitBreaker breaker;
    private final BreakerThresholds thresholds;
    private final Duration openTime;
    private final Duration probeInterval;
    private final LongSupplier ticker;
    private final AtomicLong successes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong lossAt;
    private volatile long leave;

    private boolean opened;
    /** When it was opened, or made half-open. */
    private volatile long since;

    /**
     * @param openTime how long it stays open at least
     * @param probeInterval how often {@link #probed} is likely to be called
     * @param ticker nanoseconds
     */
    ModeBreaker(
            String name, BreakerThresholds thresholds, Duration openTime, Duration probeInterval, LongSupplier ticker) {
        this.thresholds = thresholds;
        this.openTime = openTime;
        this.probeInterval = probeInterval;
        this.ticker = ticker;
        this.breaker = CircuitBreaker.of(name, config(thresholds));
        this.lossAt = new AtomicLong(ticker.getAsLong() - MOMENT.toNanos());
        this.leave = newLeave();
    }

    private static CircuitBreakerConfig config(BreakerThresholds thresholds) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(thresholds.window(), thresholds.least(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(BreakerThresholds.FAILED_PERCENT)
                .slowCallRateThreshold(thresholds.slowPercent())
                .slowCallDurationThreshold(thresholds.slow().isZero() ? NEVER : thresholds.slow())
                .waitDurationInOpenState(NEVER)
                .permittedNumberOfCallsInHalfOpenState(thresholds.tries())
                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                .build();
    }

    /** Of a time, so that no other breaker's leave is taken for one of this. */
    private long newLeave() {
        return ticker.getAsLong() & Long.MAX_VALUE | 1;
    }

    @Override
    public long retryAfter() {
        return breaker.getState() == State.OPEN ? untilNextTry() : 0;
    }

    private long untilNextTry() {
        long left = breaker.getState() == State.OPEN ? since + openTime.toNanos() - ticker.getAsLong() : 0;
        return Math.max(0, Math.min(left, openTime.toNanos())) + probeInterval.toNanos();
    }

    @Override
    public long enter() {
        if (breaker.tryAcquirePermission()) {
            return leave;
        }
        refusals.incrementAndGet();
        return -untilNextTry();
    }

    @Override
    public void ended(long given, long nanos, @Nullable SQLException failure) {
        if (given != leave) {
            return;
        }
        NodeFault fault = failure == null ? NodeFault.NONE : NodeFault.of(failure);
        if (fault == NodeFault.NONE) {
            succeeded(nanos);
        } else if (fault == NodeFault.FAILED || breaker.getState() != State.CLOSED || isFirstOfItsMoment()) {
            failures.incrementAndGet();
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
            noticeOpening();
        }
    }

    private void succeeded(long nanos) {
        successes.incrementAndGet();
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        noticeOpening();
    }

    private boolean isFirstOfItsMoment() {
        long now = ticker.getAsLong();
        long last = lossAt.get();
        return now - last >= MOMENT.toNanos() && lossAt.compareAndSet(last, now);
    }

    @Override
    public void interrupted(long given, long nanos) {
        if (given != leave) {
            return;
        }
        if (thresholds.isSlow(nanos)) {
            succeeded(nanos);
        } else {
            breaker.releasePermission();
        }
    }

    private void noticeOpening() {
        if (breaker.getState() == State.OPEN) {
            synchronized (this) {
                noticeOpening(ticker.getAsLong());
            }
        }
    }

    private void noticeOpening(long now) {
        if (!opened && breaker.getState() == State.OPEN) {
            opened = true;
            since = now;
        }
    }

    /** The node has just answered a probe. */
    synchronized void probed() {
        long now = ticker.getAsLong();
        noticeOpening(now);
        State state = breaker.getState();
        if (state != State.CLOSED && now - since >= openTime.toNanos()) {
            if (state == State.HALF_OPEN) {
                breaker.transitionToOpenState();
            }
            opened = false;
            since = now;
            leave = newLeave();
            breaker.transitionToHalfOpenState();
        }
    }

    /** What was told so far does not count any more: closed, as at first. */
    synchronized void reset() {
        opened = false;
        leave = newLeave();
        breaker.reset();
    }

    BreakerState state() {
        return NodeBreaker.state(breaker);
    }

    /** In per cent; negative while there are too few results. */
    float failureRate() {
        return breaker.getMetrics().getFailureRate();
    }

    /** In per cent; negative while there are too few results. */
    float slowRate() {
        return breaker.getMetrics().getSlowCallRate();
    }

    long successes() {
        return successes.get();
    }

    long failures() {
        return failures.get();
    }

    /** How many were turned away. */
    long refusals() {
        return refusals.get();
    }
}
