// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * One loss of the primary under the load of one contestant. Moments are nanoseconds of one clock.
 *
 * @param lost when its processes were killed, or just before they were stopped
 * @param possible when a write was first acknowledged, to a plain client or to one of these; where UCM promotes, the same as
 *     {@code lost}
 * @param back when another node first took a write of a client, for each for which one did within the limit, the earliest
 *     first
 * @param clients how many there are
 * @param limit how long after {@code possible} was waited for all of them
 * @param unknown errors after which a client did not know whether its row is there
 * @param errors all of them, by what they were
 * @param stuck clients whose call had not ended when all was over
 */
record FailoverTurn(
        long lost,
        long possible,
        long[] back,
        int clients,
        Duration limit,
        int unknown,
        Map<String, Integer> errors,
        FailoverRows.Verdict rows,
        long stuck) {

    FailoverTurn {
        long end = possible + limit.toNanos();
        back = LongStream.of(back).filter(moment -> moment <= end).toArray();
    }

    static final int CLIENTS = 64;

    private static final int WARM_UP = 5;
    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    private static final Duration PROMOTION_LIMIT = Duration.ofSeconds(40);
    private static final double NANOS_PER_MILLI = 1e6;

    /** When it was lost, and when a write was possible again. */
    private record Lost(long at, long possible) {}

    /** What a turn happens on. */
    record Place(Nodes nodes, Database database, Duration limit) {}

    /**
     * Begins and ends with all nodes in their places.
     *
     * @param run tells its rows from others'
     */
    static FailoverTurn take(Entrant entrant, FailoverFault fault, Place place, int run) throws Exception {
        Nodes.Roles roles = place.nodes().awaitComplete();
        if (fault.promotedAfter() == null) {
            awaitArmed(place.nodes());
        }
        try (Entrant.Ready ready = entrant.opener().open(roles, run)) {
            Writers writers =
                    Writers.start(ready.writer(), CLIENTS, place.nodes().port(roles.primary()));
            try (writers) {
                writers.awaitRows(WARM_UP);
                TimeUnit.NANOSECONDS.sleep(BEFORE.toNanos());
                Lost lost = lose(roles, fault, place, run);
                writers.awaitBack(lost.possible() + place.limit().toNanos());
                TimeUnit.NANOSECONDS.sleep(AFTER.toNanos());
                writers.stop();
                // Ends the processes of a frozen node, and with them what hangs on it.
                place.nodes().rejoin(roles.primary());
                writers.close();
                Nodes.Roles now = place.nodes().awaitComplete();
                return judged(writers, lost.at(), earliest(lost.possible(), writers.back()), place, now, run);
            }
        }
    }

    /** A plain client that was not given the processor in time proves less than who was. */
    static long earliest(long possible, long[] back) {
        return back.length == 0 ? possible : Math.min(possible, back[0]);
    }

    private static void awaitArmed(Nodes nodes) throws Exception {
        String unarmed = nodes.unarmed();
        if (unarmed != null) {
            throw new IllegalStateException("UCM would not promote: " + unarmed);
        }
    }

    private static Lost lose(Nodes.Roles roles, FailoverFault fault, Place place, int run) throws Exception {
        Duration delay = fault.promotedAfter();
        if (delay == null) {
            long lost = lose(roles.primary(), fault.kind(), place.nodes());
            return new Lost(lost, lost);
        }
        Database candidate = place.nodes().watched(place.database().named("bench/raw"), roles.candidate());
        try (RawClient raw = RawClient.start(
                candidate::connect, connection -> FailoverRows.insert(connection, run, FailoverRows.RAW, 0))) {
            long lost = lose(roles.primary(), fault.kind(), place.nodes());
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
            place.nodes().promote(roles);
            return new Lost(lost, raw.first(PROMOTION_LIMIT));
        }
    }

    /** Returns when it was. */
    private static long lose(String primary, FailoverFault.Kind kind, Nodes nodes) throws Exception {
        if (kind == FailoverFault.Kind.FREEZE) {
            long lost = System.nanoTime();
            nodes.lose(primary, kind);
            return lost;
        }
        try (Witness witness = Witness.at(nodes.port(primary))) {
            nodes.lose(primary, kind);
            return witness.broken(KILL_LIMIT);
        }
    }

    private static FailoverTurn judged(Writers writers, long lost, long possible, Place place, Nodes.Roles now, int run)
            throws Exception {
        try (Connection primary =
                place.nodes().watched(place.database(), now.primary()).connect()) {
            FailoverRows.Verdict rows = FailoverRows.check(primary, run, writers);
            FailoverRows.empty(primary);
            return new FailoverTurn(
                    lost,
                    possible,
                    writers.back(),
                    writers.size(),
                    place.limit(),
                    writers.unknown(),
                    writers.errors(),
                    rows,
                    writers.stuck());
        }
    }

    /** How long nobody could write, in ms. */
    double outage() {
        return (possible - lost) / NANOS_PER_MILLI;
    }

    /** When the first client was back, in ms since a write was possible. */
    double first() {
        return after(0);
    }

    /** When half of them were. */
    double half() {
        return after(clients / 2 - 1);
    }

    /** When all were; for the limit if they never were. */
    double last() {
        return after(clients - 1);
    }

    private double after(int client) {
        return client < back.length ? (back[client] - possible) / NANOS_PER_MILLI : limit.toMillis();
    }

    /** Clients that did not write again within the limit. */
    int away() {
        return clients - back.length;
    }

    int failed() {
        return errors.values().stream().mapToInt(times -> times).sum();
    }

    /** What was promised to everybody is kept. */
    boolean clean() {
        return away() + failed() + rows.lost() + rows.duplicated() + stuck == 0;
    }

    /** For whoever watches the run. */
    String summary() {
        return "writes possible after %.0f ms, then first %.0f, half %.0f, last %.0f ms, %d away; %d errors, %d unknown, %d lost, %d duplicated of %d%s"
                .formatted(
                        outage(),
                        first(),
                        half(),
                        last(),
                        away(),
                        failed(),
                        unknown,
                        rows.lost(),
                        rows.duplicated(),
                        rows.acknowledged(),
                        stuck == 0 ? "" : "; " + stuck + " clients never ended");
    }
}
