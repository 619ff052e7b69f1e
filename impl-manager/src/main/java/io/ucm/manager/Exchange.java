// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;

/**
 * The exchange of one part for another, from the moment at which another is the best until nothing of the first is left.
 * Guarded by {@link Exchanges}.
 */
final class Exchange {

    private final Instant at = Instant.now();
    private final Slot<?> slot;
    private final Part.Named from;
    private final String cause;
    private final Supplier<List<Lane>> lanes;
    private final Map<Lane, Tally> before = new HashMap<>();
    private final GapWatch gaps;
    private Part.@Nullable Named to;

    /** Whether the managers were told of the new part. */
    private boolean asked;

    /** @param to null: there is none yet */
    Exchange(Slot<?> slot, Part.Named from, Part.@Nullable Named to, String cause, Supplier<List<Lane>> lanes) {
        this.slot = slot;
        this.from = from;
        this.to = to;
        this.cause = cause;
        this.lanes = lanes;
        lanes.get().forEach(lane -> before.put(lane, lane.generations().open().tally()));
        this.gaps = new GapWatch(() -> lanes.get().stream().map(Lane::gate).toList());
    }

    Slot<?> slot() {
        return slot;
    }

    Part.Named from() {
        return from;
    }

    Part.@Nullable Named to() {
        return to;
    }

    void to(Part.Named part) {
        to = part;
    }

    /** All managers want the new part by now, or know why they can't. */
    void asked() {
        asked = true;
    }

    GapWatch gaps() {
        return gaps;
    }

    /** What pools are made of; any other part is exchanged as soon as another one is the best. */
    private boolean isOfPools() {
        return slot.name().equals(Core.POOL) || slot.name().equals(Core.DRIVER);
    }

    /** Whether the new part serves everywhere, and nothing of the old one is left. */
    boolean isDone() {
        return to != null && (!isOfPools() || asked && isSettled());
    }

    private boolean isSettled() {
        ServiceReference<?> left = isOfSettings() ? null : from.reference();
        return lanes.get().stream().allMatch(lane -> lane.generations().isSettled(left));
    }

    /** Whether the part stays, and what is built on it changes. */
    boolean isOfSettings() {
        return from.equals(to);
    }

    /** Why the new part is no good, where there is another one; null: nothing tells so. */
    @Nullable
    String refusal() {
        Part.Named next = to;
        return next == null || !isOfPools() || slot.all().stream().allMatch(next::is)
                ? null
                : lanes.get().stream()
                        .map(lane -> lane.generations().refusal(next.reference()))
                        .filter(reason -> reason != null)
                        .findFirst()
                        .orElse(null);
    }

    /** What is known of it so far. */
    SwapReport report(SwapReport.Outcome outcome, @Nullable String why) {
        Tally all = Tally.NOTHING;
        for (Lane lane : lanes.get()) {
            all = all.plus(lane.generations().open().tally().since(before.getOrDefault(lane, Tally.NOTHING)));
        }
        Part.Named now = to;
        return new SwapReport(
                at.toString(),
                slot.name(),
                from.toString(),
                now == null ? null : now.toString(),
                cause,
                all.drained(),
                all.aborted(),
                all.parked(),
                gaps.longestGapMs(),
                gaps.longestWaitMs(),
                outcome,
                all.holders().isEmpty() ? why : (why == null ? "" : why + "; ") + "aborted: " + all.holders());
    }
}
