// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/** What an autoscaler has seen since it last began anew. Not thread-safe. */
final class LoadWindow {

    private long since;
    private long inUse;
    private int looks;
    private boolean marks;

    /** When it was last looked, and how many had ended by then. */
    private long lookedAt;

    private long lookedEnded;

    /** From when on those that end are counted, and how many had before. */
    private long countedFrom;

    private long countedEnded;

    LoadWindow(long now) {
        this.since = now;
        this.lookedAt = now;
        this.countedFrom = now;
    }

    void add(SizeLoad load) {
        inUse += load.inUse();
        looks++;
        lookedAt = load.now();
        lookedEnded = load.ended();
    }

    /** What was in use before, and what was finished, does not count any more. */
    void restart(long now) {
        restartUse(now);
        marks = true;
    }

    /** What was in use before does not count any more. */
    void restartUse(long now) {
        since = now;
        inUse = 0;
        looks = 0;
        countedFrom = lookedAt;
        countedEnded = lookedEnded;
    }

    /** Whether what is finished is to be counted from now on; once. */
    boolean takeMark() {
        boolean now = marks;
        marks = false;
        return now;
    }

    /** How long it has looked, in nanoseconds. */
    long length(long now) {
        return now - since;
    }

    /** How many connections were in use, on the mean. */
    double use() {
        return (double) inUse / Math.max(1, looks);
    }

    /**
     * How many borrows end in a second, told early: as many as are in use, over the time that one is (Little's law). Where
     * the long ones have not ended yet, that would be too many; it is not more than what was counted, and one more each.
     * 0: unknown.
     */
    double rate(SizeLoad load) {
        double rate = load.finished() == 0 ? 0 : use() * load.finished() * 1e9 / Math.max(1, load.heldNanos());
        return Math.min(rate, perSecond(ended(load) + use(), load));
    }

    /** How many borrows end in a second, as counted over a window in which each has ended several times. */
    double counted(SizeLoad load) {
        return perSecond(ended(load), load);
    }

    private long ended(SizeLoad load) {
        return load.ended() - countedEnded;
    }

    private double perSecond(double count, SizeLoad load) {
        return count * 1e9 / Math.max(1, load.now() - countedFrom);
    }
}
