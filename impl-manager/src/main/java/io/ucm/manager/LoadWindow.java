// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/** What an autoscaler has seen since it last began anew. Not thread-safe. */
final class LoadWindow {

    private long since;
    private long inUse;
    private int looks;
    private boolean marks;

    LoadWindow(long now) {
        this.since = now;
    }

    void add(SizeLoad load) {
        inUse += load.inUse();
        looks++;
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

    /** How many borrows end in a second: as many as are in use, over the time that one is (Little's law). 0: unknown. */
    double rate(SizeLoad load) {
        return load.finished() == 0 ? 0 : use() * load.finished() * 1e9 / Math.max(1, load.heldNanos());
    }
}
