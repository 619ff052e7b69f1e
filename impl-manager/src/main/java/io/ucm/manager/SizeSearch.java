// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a better size in the neighbourhood of the present one, where more connections did not help. Not thread-safe.
 *
 * <p>From time to time a neighbour is tried, below and above by turns, between two looks at the present size, so that a
 * drift of the load does not count as its merit. A greater one must do better than both, a smaller one better than their
 * mean. As long as none does, the tries become nearer, and then rarer; where the present size differs
 * from itself by more than from the neighbour, it looks for longer.
 */
final class SizeSearch {

    private static final double BETTER = 1.015;
    private static final double SHIFT = 1.4;
    private static final long SHIFT_LOOK = TimeUnit.MILLISECONDS.toNanos(400);
    private static final double NOISY = 0.1;
    private static final int WIDE = 2;
    private static final int NARROW = 8;
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(150);
    private static final long LONGEST_LOOK = TimeUnit.MILLISECONDS.toNanos(600);
    private static final long LONG_LOOK = TimeUnit.SECONDS.toNanos(2);
    private static final int ENOUGH = 100;
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_REST = TimeUnit.SECONDS.toNanos(60);

    private enum State {
        /** Until the next try. */
        RESTING,
        /** A look at the present size. */
        BEFORE,
        /** A look at the neighbour. */
        TRYING,
        /** Another look at the present size. */
        AFTER
    }

    private final LoadWindow window;
    private State state = State.RESTING;
    private long turnedAt;
    private long restingSince;
    private long rest = REST;
    private int baseSize;
    private double baseRate;
    private int candidate;
    private double candidateRate;
    private boolean down = true;
    private int stride = WIDE;
    private int failedTries;
    private long look = LOOK;

    /** Whether the last look while resting was unlike the base. */
    private boolean shifted;

    /** @param window begun anew by whichever of the two turns to something else */
    SizeSearch(LoadWindow window) {
        this.window = window;
    }

    boolean isResting() {
        return state == State.RESTING;
    }

    /**
     * @param rate what the present size does in a second; 0: unknown
     * @param below whether to look there first
     */
    void begin(double rate, boolean below, long now) {
        baseRate = rate;
        down = below;
        stride = WIDE;
        rest = REST;
        failedTries = 0;
        rest(now);
    }

    /** Nobody waits any more: the size before the try, null if there is none. */
    @Nullable
    SizeChange giveUp(long now) {
        boolean trying = state == State.TRYING;
        rest(now);
        return trying ? new SizeChange(candidate, baseSize, null) : null;
    }

    /** Whether so much more or less is done with the same size, for longer than a stall, that it must be another load. */
    boolean isAnotherLoad(SizeLoad load, int size) {
        if (state != State.RESTING || load.finished() < 4L * size || window.length(load.now()) < SHIFT_LOOK) {
            return false;
        }
        double rate = window.counted(load);
        boolean shifted = baseRate > 0 && (rate > SHIFT * baseRate || baseRate > SHIFT * rate);
        boolean other = shifted && this.shifted;
        this.shifted = shifted;
        if (baseRate == 0) {
            baseRate = rate;
        }
        window.restart(load.now());
        return other;
    }

    /** What is to change now; null: nothing. */
    @Nullable
    SizeChange look(SizeLoad load, int size, SizeLimits limits) {
        return switch (state) {
            case RESTING -> resting(load);
            case BEFORE -> seenEnough(load, size) ? tryNext(load, Math.min(size, load.open()), limits) : null;
            case TRYING -> trying(load, size);
            case AFTER -> seenEnough(load, size) ? judge(window.counted(load), load) : null;
        };
    }

    private @Nullable SizeChange resting(SizeLoad load) {
        if (load.now() - restingSince >= rest) {
            turn(State.BEFORE, load.now());
        }
        return null;
    }

    /** The neighbour on the side whose turn it is, or else the other one. */
    private @Nullable SizeChange tryNext(SizeLoad load, int size, SizeLimits limits) {
        baseSize = size;
        baseRate = window.counted(load);
        candidate = neighbour(load, size, limits);
        if (candidate == size) {
            down = !down;
            candidate = neighbour(load, size, limits);
        }
        if (candidate == size) {
            rest = LONGEST_REST;
            rest(load.now());
            return null;
        }
        turn(State.TRYING, load.now());
        return new SizeChange(size, candidate, null);
    }

    /** More than there are callers would do nothing. */
    private int neighbour(SizeLoad load, int size, SizeLimits limits) {
        int step = Math.max(1, size / stride);
        return limits.within(down ? size - step : Math.min(size + step, size + load.waiting()));
    }

    private @Nullable SizeChange trying(SizeLoad load, int size) {
        if (load.open() < size && load.now() - turnedAt < LONG_LOOK) {
            // What is measured counts from when they are there.
            window.restart(load.now());
            return null;
        }
        if (!seenEnough(load, size)) {
            return null;
        }
        candidateRate = window.counted(load);
        turn(State.AFTER, load.now());
        return new SizeChange(candidate, baseSize, null);
    }

    private @Nullable SizeChange judge(double after, SizeLoad load) {
        double rate = (baseRate + after) / 2;
        double gain = candidateRate / (candidate < baseSize ? rate : Math.max(baseRate, after));
        double drift = Math.abs(baseRate - after);
        boolean noisy = drift > NOISY * rate && drift > Math.abs(candidateRate - rate);
        look = noisy ? Math.min(LONGEST_LOOK, 2 * look) : Math.max(LOOK, look / 2);
        rest(load.now());
        if (gain > (candidate < baseSize ? 1 : BETTER)) {
            failedTries = 0;
            rest = REST;
            baseRate = candidateRate;
            return new SizeChange(baseSize, candidate, tried(gain));
        }
        baseRate = rate;
        down = !down;
        failedTries++;
        if (failedTries > 1 && stride < Math.min(NARROW, baseSize)) {
            stride++;
        } else if (failedTries > 1) {
            rest = Math.min(LONGEST_REST, 2 * rest);
        }
        return new SizeChange(baseSize, baseSize, tried(gain));
    }

    private String tried(double gain) {
        return String.format(
                Locale.ROOT,
                "tried: %d connections did %.2f times as much as %d; %s must do %s",
                candidate,
                gain,
                baseSize,
                candidate < baseSize ? "fewer" : "more",
                candidate < baseSize ? "as much" : "more");
    }

    /** The nearer the sizes, the less they differ, and the longer it must look. */
    private boolean seenEnough(SizeLoad load, int size) {
        long looked = window.length(load.now());
        return looked >= look * stride / WIDE && load.finished() >= Math.max(ENOUGH, 4L * size)
                || looked >= LONG_LOOK && load.finished() >= size;
    }

    private void rest(long now) {
        shifted = false;
        restingSince = now;
        turn(State.RESTING, now);
    }

    private void turn(State next, long now) {
        state = next;
        turnedAt = now;
        window.restart(now);
    }
}
