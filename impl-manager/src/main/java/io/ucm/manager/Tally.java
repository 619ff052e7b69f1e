// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * What became of connections and callers when pools were exchanged.
 *
 * @param drained connections that were out when their pool was replaced, and came back
 * @param aborted connections that were closed while they were out
 * @param parked callers that waited because there was no pool
 * @param holders whose connections were closed last; empty: nobody's
 */
record Tally(long drained, long aborted, long parked, String holders) {

    static final Tally NOTHING = new Tally(0, 0, 0, "");

    Tally plus(Tally more) {
        return new Tally(
                drained + more.drained,
                aborted + more.aborted,
                parked + more.parked,
                more.holders.isEmpty() ? holders : more.holders);
    }

    /** What is new since then. */
    Tally since(Tally before) {
        return new Tally(
                drained - before.drained,
                aborted - before.aborted,
                parked - before.parked,
                aborted > before.aborted ? holders : "");
    }
}
