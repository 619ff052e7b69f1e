// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the number of connections that gets the most done. Not thread-safe; it reads no clock and changes nothing but
 * itself.
 *
 * <p>Waiting alone is no reason to grow: it may only mean that the server has enough to do. What decides is the throughput,
 * which while callers wait is the number of connections over the mean time that one is held (Little's law), and so needs
 * no long look.
 *
 * <ul>
 *   <li>Demand: those who wait would need longer, with what is there, than a connection takes to come, or somebody has
 *       waited all the time for twice as long. Then there are up to four times as many at once, but not more than callers.
 *       A {@link Spike} that is over sooner changes nothing.
 *   <li>Benefit: each step must have brought a part of what it could bring, else it is taken back. The next one does not wait
 *       until all its connections are there, but a verdict against it does: opening them costs the others time.
 *   <li>{@link SizeSearch}, where more does not help.
 *   <li>Calm: what nobody used for a while goes, by steps.
 *   <li>{@link Ceiling}, where the server refuses more.
 * </ul>
 *
 * <p>Gradient2 of Netflix's concurrency-limits, which finds the knee by latency alone, holds more than the best size for
 * a load that is bound by the CPU; comparing throughputs is what Uber's auto-tuner does with a covariance.
 */
final class SizeControl {

    /** So many stay for whoever comes next, where the limits allow it. */
    private static final int FEW = 5;

    private static final int FACTOR = 4;
    private static final int ENOUGH = 4;
    private static final int PLENTY = 32;
    private static final double PART = 0.15;
    private static final double USED = 1.3;

    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LEAST_LOOK = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LEAST_DRAIN = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SUSTAINED = TimeUnit.MILLISECONDS.toNanos(100);

    /** Whoever finds the queue empty between two callers does not think that the load is over. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long REFRESH = TimeUnit.SECONDS.toNanos(1);
    private static final long LONG_LOOK = TimeUnit.SECONDS.toNanos(2);
    private static final long CALM = TimeUnit.SECONDS.toNanos(15);

    private enum Phase {
        /** Nobody waits for long. */
        CALM,
        /** A step up was made; what did it bring? */
        GROWING,
        /** More did not help. */
        SEARCHING
    }

    private final LoadWindow window;
    private final SizeSearch search;
    private final Ceiling ceiling = new Ceiling();
    private final Spike spike = new Spike();
    private SizeLimits limits;
    private int size;
    private int toldSize;
    private Phase phase = Phase.CALM;
    private long contendedAt;

    /** The size, and what it had in use and did in a second, that a step up is compared with. */
    private int baseSize;

    private double baseUse;
    private double baseRate;

    /** Whether connections of the step were still to come in the present window. */
    private boolean opening;

    /** The most that were in use lately. */
    private int peak;

    private long peakSince;

    SizeControl(int size, SizeLimits limits, long now) {
        this.limits = limits;
        this.size = size;
        this.toldSize = size;
        this.peakSince = now;
        this.contendedAt = now - PAUSE;
        this.window = new LoadWindow(now);
        this.search = new SizeSearch(window);
    }

    int size() {
        return size;
    }

    /** Whether what is finished is to be counted from now on; once. */
    boolean takeMark() {
        return window.takeMark();
    }

    /** Whether it wants to look again soon. */
    boolean isBusy() {
        return phase == Phase.GROWING || phase == Phase.SEARCHING && !search.isResting();
    }

    /** From now on it keeps to these. Null: the size fits. */
    @Nullable
    SizeChange limit(SizeLimits changed, long now) {
        if (changed.equals(limits)) {
            return null;
        }
        limits = changed;
        int fitting = changed.within(size);
        return fitting == size
                ? null
                : told(change(fitting, "the limits are %d to %d now".formatted(changed.min(), changed.max()), now));
    }

    /** The server refused another connection. Null: there are not more than may be now. */
    @Nullable
    SizeChange refused(int open, long now) {
        if (!ceiling.refused(open, now)) {
            return null;
        }
        int fitting = Math.max(limits.min(), ceiling.most());
        return fitting >= size
                ? null
                : told(change(
                        fitting,
                        "the server has no more connections (53300) with %d open here: at most %d for %d s"
                                .formatted(open, fitting, TimeUnit.NANOSECONDS.toSeconds(ceiling.lasts())),
                        now));
    }

    /** The pool is another one, which was opened with that many. */
    void opened(int with, long now) {
        size = with;
        toldSize = with;
        turn(Phase.CALM, now);
    }

    /** The server has no room for more than that many. */
    void given(int got, long now) {
        opened(got, now);
        ceiling.full(got, now);
    }

    /** What is to change now; null: nothing. */
    @Nullable
    SizeChange look(SizeLoad load) {
        if (ceiling.isOver(load.now()) && phase == Phase.SEARCHING && search.isResting()) {
            turn(Phase.CALM, load.now());
        }
        window.add(load);
        contendedAt = load.waiting() > 0 ? load.now() : contendedAt;
        return told(load.now() - contendedAt > PAUSE ? calm(load) : contended(load));
    }

    /** Looks aside are not told, so each decision begins where the last one ended. */
    private @Nullable SizeChange told(@Nullable SizeChange change) {
        if (change == null || change.why() == null) {
            return change;
        }
        int from = toldSize;
        toldSize = change.to();
        return new SizeChange(from, change.to(), change.why());
    }

    private @Nullable SizeChange contended(SizeLoad load) {
        peak = size;
        peakSince = load.now();
        return switch (phase) {
            case CALM -> demand(load);
            case GROWING -> benefit(load);
            case SEARCHING -> searching(load);
        };
    }

    /** Whether those who wait would gain by more connections. */
    private @Nullable SizeChange demand(SizeLoad load) {
        if (load.waiting() == 0) {
            refresh(load.now());
            return spike.over(size, load.now());
        }
        long contended = load.now() - load.contendedSince();
        if (window.length(load.now()) > contended + LOOK) {
            // What was in use before anybody waited is nothing to compare with, nor is what was finished.
            if (load.finished() == 0) {
                window.restartUse(load.now());
            } else {
                window.restart(load.now());
            }
            return null;
        }
        long drain = load.drain(there(load));
        boolean told = load.finished() >= ENOUGH && window.length(load.now()) >= LEAST_LOOK || contended >= SUSTAINED;
        boolean isSpike = drain < Math.max(LEAST_DRAIN, load.connectNanos())
                && contended < Math.max(SUSTAINED, 2 * load.connectNanos());
        if (isSpike || !told) {
            spike.seen(load);
            refresh(load.now());
            return null;
        }
        spike.forget();
        baseSize = size;
        baseUse = window.use();
        baseRate = load.finished() >= ENOUGH ? window.rate(load) : 0;
        return step(load);
    }

    /** No more than there are callers: those that are on their way are for them already. */
    private @Nullable SizeChange step(SizeLoad load) {
        int there = there(load);
        int more = Math.min(within().max(), Math.min(FACTOR * there, there + load.waiting()));
        if (more <= size && load.open() < size) {
            turn(Phase.GROWING, load.now());
            return null;
        }
        if (more <= size) {
            search(true, load.now());
            return null;
        }
        String why = "%d wait, which %d connections would need %s ms for; a new one takes %s ms"
                .formatted(load.waiting(), there, ms(load.drain(there)), ms(load.connectNanos()));
        SizeChange change = change(more, why, load.now());
        phase = Phase.GROWING;
        return change;
    }

    private @Nullable SizeChange benefit(SizeLoad load) {
        opening |= load.open() < size;
        double use = window.use();
        boolean told =
                load.finished() >= Math.max(ENOUGH, Math.min(use, PLENTY)) && window.length(load.now()) >= LEAST_LOOK;
        boolean used = use >= USED * baseUse || window.length(load.now()) >= REFRESH;
        if (!told || !used) {
            return null;
        }
        double rate = window.rate(load);
        double gain = baseRate == 0 ? Double.POSITIVE_INFINITY : rate / baseRate;
        double needed = 1 + PART * (use / baseUse - 1);
        if (use > baseUse && gain < needed) {
            return opening ? lookAnew(load) : takeBack(use, gain, needed, load.now());
        }
        if (load.waiting() == 0) {
            turn(Phase.CALM, load.now());
            return null;
        }
        baseSize = there(load);
        baseUse = use;
        baseRate = rate;
        return step(load);
    }

    /** Once all are there; until then the look goes on, because of many short ones the best would count. */
    private @Nullable SizeChange lookAnew(SizeLoad load) {
        if (load.open() >= size) {
            turn(Phase.GROWING, load.now());
        }
        return null;
    }

    private int there(SizeLoad load) {
        return Math.max(1, Math.min(size, load.open()));
    }

    private SizeChange takeBack(double use, double gain, double needed, long now) {
        String why = String.format(
                Locale.ROOT,
                "%.0f instead of %.0f connections in use did %.2f times as much, not the %.2f times that they must",
                use,
                baseUse,
                gain,
                needed);
        SizeChange change = change(baseSize, why, now);
        search(gain <= 1, now);
        return change;
    }

    private @Nullable SizeChange searching(SizeLoad load) {
        if (search.isAnotherLoad(load, size)) {
            turn(Phase.CALM, load.now());
            return null;
        }
        SizeChange change = search.look(load, size, within());
        size = change == null ? size : change.to();
        return change;
    }

    private @Nullable SizeChange calm(SizeLoad load) {
        peak = Math.max(peak, load.inUse());
        SizeChange change =
                switch (phase) {
                    case CALM -> null;
                    case GROWING -> benefit(load);
                    case SEARCHING -> search.isResting() ? null : search.giveUp(load.now());
                };
        if (change != null) {
            size = change.to();
            return change;
        }
        if (phase == Phase.GROWING && window.length(load.now()) > LONG_LOOK) {
            turn(Phase.CALM, load.now());
        }
        refresh(load.now());
        return shrink(load);
    }

    private @Nullable SizeChange shrink(SizeLoad load) {
        if (load.now() - peakSince < CALM) {
            return null;
        }
        int used = peak;
        long looked = TimeUnit.NANOSECONDS.toSeconds(load.now() - peakSince);
        peak = load.inUse();
        peakSince = load.now();
        int spare = Math.max(FEW, used + Math.max(1, used / 4));
        int enough = limits.within(Math.max(spare, size - Math.max(1, size / 4)));
        return enough >= size
                ? null
                : change(enough, "at most %d were in use for %d s".formatted(used, looked), load.now());
    }

    /** The limits, below the ceiling. */
    private SizeLimits within() {
        return new SizeLimits(limits.min(), Math.max(limits.min(), Math.min(limits.max(), ceiling.most())));
    }

    /** So that a step up is compared with the last second, not with an hour. */
    private void refresh(long now) {
        if (phase == Phase.CALM && window.length(now) > REFRESH) {
            window.restart(now);
        }
    }

    private void search(boolean down, long now) {
        phase = Phase.SEARCHING;
        search.begin(baseRate, down, now);
    }

    private SizeChange change(int to, String why, long now) {
        int from = size;
        size = to;
        turn(Phase.CALM, now);
        return new SizeChange(from, to, why);
    }

    private void turn(Phase next, long now) {
        phase = next;
        opening = false;
        window.restart(now);
    }

    private static String ms(long nanos) {
        return String.format(Locale.ROOT, "%.0f", nanos / 1e6);
    }
}
