// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when another part becomes the best of its slot, follows the exchange to its end, and reports it. A part that
 * turns out to be no good while the one before still serves is refused. Thread-safe; nothing blocks.
 *
 * <p>Invariant: a slot has one running exchange at most; {@code serving} is the part that is the best, or was the last
 * one. Both are guarded by this object.
 */
final class Exchanges {

    static final String TOPIC = "io/ucm/slot/EXCHANGED";

    private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);

    private static final int KEPT = 100;

    private final Threads threads;
    private final Events events;
    private final Supplier<List<Lane>> lanes;
    private final Map<Slot<?>, Part.Named> serving = new HashMap<>();
    private final Map<Slot<?>, Exchange> running = new LinkedHashMap<>();
    private final Map<Slot<?>, String> causes = new HashMap<>();
    private final Deque<SwapReport> last = new ArrayDeque<>();
    private final Map<String, ExchangeTotal> totals = new TreeMap<>();

    /** One was refused, and is still wanted. */
    private boolean refused;

    /** @param lanes those of all managers */
    Exchanges(Threads threads, Events events, Supplier<List<Lane>> lanes) {
        this.threads = threads;
        this.events = events;
        this.lanes = lanes;
    }

    /** What the next exchange of that slot comes from. */
    synchronized void announce(Slot<?> slot, String cause) {
        causes.put(slot, cause);
    }

    /** What was announced has led to an exchange by now, or to none. */
    synchronized void announced(Slot<?> slot) {
        causes.remove(slot);
    }

    /**
     * Another part may be the best of its slot.
     *
     * @param which the best one now; null: there is none. Asked under the lock, so that who notices later notices what is newer
     */
    synchronized void notice(Slot<?> slot, Supplier<? extends @Nullable Part<?>> which) {
        Part<?> part = which.get();
        Part.Named best = part == null ? null : part.named();
        Part.Named before = serving.get(slot);
        Exchange now = running.get(slot);
        if (now != null && now.to() == null && best != null) {
            now.to(best);
            serving.put(slot, best);
        } else if (before == null && best != null) {
            serving.put(slot, best);
        } else if (before != null && now != null && now.to() == null) {
            return;
        } else if (before != null && (best == null || !best.reference().equals(before.reference()))) {
            if (now != null) {
                end(now, SwapReport.Outcome.SUPERSEDED, "another exchange began");
            }
            begin(slot, before, best);
        }
    }

    /**
     * What the best part of that slot is used with has changed, and is wanted so: a running exchange includes it, or else it
     * is one.
     */
    synchronized void noticeSettings(Slot<?> slot, String whose) {
        Part.Named part = serving.get(slot);
        if (part != null && !running.containsKey(slot)) {
            begin(slot, part, part, "the settings of %s changed".formatted(whose))
                    .asked();
        }
    }

    /** Those whose new part is there; managers that hear of it from now on are to be {@link #asked}. */
    synchronized List<Exchange> noticed() {
        return running.values().stream()
                .filter(exchange -> exchange.to() != null)
                .toList();
    }

    /** All managers want the new parts of these, or know why they can't: before, what they want tells nothing. */
    synchronized void asked(List<Exchange> noticed) {
        noticed.forEach(Exchange::asked);
    }

    /** Under the lock. */
    private void begin(Slot<?> slot, Part.Named from, Part.@Nullable Named to) {
        String announced = causes.remove(slot);
        boolean there = slot.all().stream().anyMatch(from::is);
        begin(slot, from, to, announced != null ? announced : there ? to + " is ranked higher" : from + " left");
    }

    /** Under the lock. */
    private Exchange begin(Slot<?> slot, Part.Named from, Part.@Nullable Named to, String cause) {
        Exchange exchange = new Exchange(slot, from, to, cause, lanes);
        running.put(slot, exchange);
        if (to != null) {
            serving.put(slot, to);
        }
        LOG.info("{}: {} is exchanged for {}: {}", slot.name(), from, to == null ? "what comes next" : to, cause);
        try {
            threads.background().execute(exchange.gaps()::run);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: ends, and is not watched any more", slot.name());
        }
        return exchange;
    }

    /**
     * Looks how far they are; often.
     *
     * @return whether a part was refused, so that another is the best; until {@link #obeyed} no other one is
     */
    synchronized boolean look() {
        List.copyOf(running.values()).stream()
                .filter(Exchange::isDone)
                .forEach(done -> end(done, SwapReport.Outcome.DONE, null));
        List<Exchange> latestFirst = new ArrayList<>(running.values());
        Collections.reverse(latestFirst);
        return !refused && latestFirst.stream().anyMatch(this::refuse);
    }

    /**
     * Under the lock: false where nothing tells against the new part. What is built of two new parts is the later one's fault.
     */
    private boolean refuse(Exchange exchange) {
        Part.Named to = exchange.to();
        String why = exchange.refusal();
        if (to == null || why == null) {
            return false;
        }
        refused = true;
        exchange.slot().refuse(to.reference());
        serving.put(exchange.slot(), exchange.from());
        end(exchange, SwapReport.Outcome.ROLLED_BACK, why);
        return true;
    }

    /** Nobody wants what was refused any more. */
    synchronized void obeyed() {
        refused = false;
    }

    /** Under the lock. */
    private void end(Exchange exchange, SwapReport.Outcome outcome, @Nullable String why) {
        running.remove(exchange.slot());
        exchange.gaps().close();
        SwapReport report = exchange.report(outcome, why);
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(report);
        totals.merge(report.slot(), ExchangeTotal.NOTHING.plus(report), (before, first) -> before.plus(report));
        LOG.info("{}: {}", report.slot(), report);
        events.post(TOPIC, properties(report));
    }

    private static Map<String, Object> properties(SwapReport report) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("slot", report.slot());
        properties.put("from", report.from());
        properties.put("to", String.valueOf(report.to()));
        properties.put("cause", report.cause());
        properties.put("drained", report.drained());
        properties.put("aborted", report.aborted());
        properties.put("parked", report.parked());
        properties.put("longestGapMs", report.longestGapMs());
        properties.put("longestWaitMs", report.longestWaitMs());
        properties.put("outcome", report.outcome().name());
        properties.put("why", report.why() == null ? "" : report.why());
        return properties;
    }

    /** By slot, what those come to that have ended. */
    synchronized Map<String, ExchangeTotal> totals() {
        return Map.copyOf(totals);
    }

    /** Whether that slot is being exchanged. */
    synchronized boolean isRunning(Slot<?> slot) {
        return running.containsKey(slot);
    }

    /** Whether something new is there for one of these slots, and does not serve everywhere yet. */
    synchronized boolean isUnderWay(String... slots) {
        return running.values().stream()
                .anyMatch(exchange -> exchange.to() != null
                        && List.of(slots).contains(exchange.slot().name()));
    }

    /** How many of that slot have ended. */
    synchronized long ended(Slot<?> slot) {
        ExchangeTotal total = totals.getOrDefault(slot.name(), ExchangeTotal.NOTHING);
        return total.outcomes().values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * What became of a choice: the last exchange for that part which runs, or ended after so many others of its slot, whenever it
     * began. Null: there was none, the part served already.
     *
     * @param to as it is called; null: for any part
     */
    synchronized @Nullable SwapReport lastOf(Slot<?> slot, long ended, @Nullable String to) {
        List<SwapReport> ofSlot = all().stream()
                .filter(report -> report.slot().equals(slot.name()))
                .toList();
        long later = ended(slot) - ended + (isRunning(slot) ? 1 : 0);
        return ofSlot.stream()
                .skip(Math.max(0, ofSlot.size() - later))
                .filter(report -> to == null || to.equals(report.to()))
                .reduce((before, last) -> last)
                .orElse(null);
    }

    /** Oldest first; those that run come last. */
    synchronized List<SwapReport> all() {
        List<SwapReport> all = new ArrayList<>(last);
        running.values().forEach(exchange -> all.add(exchange.report(SwapReport.Outcome.RUNNING, exchange.refusal())));
        return all;
    }
}
