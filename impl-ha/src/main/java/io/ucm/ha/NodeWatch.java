// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Whether one node is up, and what it last answered. All but {@link #report} and {@link #release} is called in the
 * coordinator's thread, which owns the fields.
 *
 * <p>A look asks once over the connections that are open. When that fails, or has no answer after half of the timeout, the
 * node is suspect and is asked a second time over new ones; either answer will do. Without one by the end of the timeout,
 * or with both failed, it is down. A node that was down is asked once.
 *
 * <p>A long way takes several times as long to connect over as to ask over. So while a node lets others
 * wait for so long, connections are also made to it with more patience, one pair at a time, for the next look to use.
 */
final class NodeWatch {

    /** One question, out or answered. */
    private record Attempt(NodeProbe probe, Future<?> thread) {}

    private static final String NOT_ASKED = ": not asked yet";

    private final WatchedCluster cluster;
    private final NodeAddress address;
    private final HaSettings settings;
    private final WatchThreads threads;
    private final NodeBreaker breaker;
    private final Runnable changed;
    private final Runnable looked;

    /** Failures of others since the coordinator last heard of them. */
    private final AtomicInteger reports = new AtomicInteger();
    /** Every probe that may have a connection. */
    private final Set<NodeProbe> probes = ConcurrentHashMap.newKeySet();

    private NodeState state = NodeState.UNKNOWN;
    /** Whether it gave no answer to the last look, not even a refusal. */
    private boolean silent;

    private @Nullable Answer answer;
    private final Latency latency = new Latency();
    private @Nullable String reason;
    private @Nullable NodeProbe kept;
    /** The questions of the look that is under way; empty when none is. */
    private final List<Attempt> attempts = new ArrayList<>();

    /** Is under way whatever the looks are doing; null when there is none. */
    private @Nullable Attempt patient;

    private boolean confirming;
    private final Patience patience;
    /** Of the look that is under way. */
    private long begun;

    private Duration limit;
    private List<Future<?>> timers = List.of();
    private boolean lookAgain;
    private boolean lookPlanned;
    private long reportedLookAt;

    /**
     * @param changed is run when the node became suspect
     * @param looked is run at the end of each look
     */
    NodeWatch(
            WatchedCluster cluster,
            NodeAddress address,
            HaSettings settings,
            WatchThreads threads,
            Runnable changed,
            Runnable looked) {
        this.cluster = cluster;
        this.address = address;
        this.settings = settings;
        this.threads = threads;
        this.breaker = new NodeBreaker(cluster.name() + "/" + address.id(), Clock.systemUTC());
        this.patience = new Patience(settings.timeout());
        this.limit = settings.timeout();
        this.changed = changed;
        this.looked = looked;
        this.reason = address + NOT_ASKED;
        this.reportedLookAt = System.nanoTime() - settings.urgentInterval().toNanos();
    }

    NodeAddress address() {
        return address;
    }

    NodeBreaker breaker() {
        return breaker;
    }

    Seen seen() {
        return new Seen(address, state, silent, answer, latency.shortest(), reason, breaker.state());
    }

    /** Somebody else's connection failed: looks soon, once for many. Any thread. */
    void report(SQLException failure) {
        if (reports.getAndIncrement() == 0) {
            threads.coordinate(() -> reported(failure));
        }
    }

    /** Closes all connections. Any thread. */
    void release() {
        probes.forEach(NodeProbe::abort);
    }

    /** Asks the node, unless a look is under way. */
    void look() {
        if (!attempts.isEmpty()) {
            return;
        }
        breaker.asking();
        confirming = state == NodeState.DOWN;
        begun = System.nanoTime();
        limit = patience.limit();
        timers = new ArrayList<>(List.of(
                threads.later(limit.dividedBy(2), this::confirm),
                threads.later(limit, () -> silent(begun + limit.toNanos()))));
        ask(kept == null ? fresh() : kept);
    }

    /** Asks the node, once more after a look that is under way. */
    void lookAfresh() {
        if (attempts.isEmpty()) {
            look();
        } else {
            lookAgain = true;
        }
    }

    private void reported(SQLException failure) {
        int failures = Math.min(reports.getAndSet(0), NodeBreaker.WINDOW);
        for (int i = 0; i < failures; i++) {
            breaker.failed(failure);
        }
        lookNow();
    }

    /** After a look that is under way, whose question was out before; not more often than while there is no primary. */
    private void lookNow() {
        if (!attempts.isEmpty()) {
            lookAgain = true;
            return;
        }
        long wait = reportedLookAt + settings.urgentInterval().toNanos() - System.nanoTime();
        if (wait <= 0) {
            reportedLookAt = System.nanoTime();
            look();
        } else if (!lookPlanned) {
            lookPlanned = true;
            threads.later(Duration.ofNanos(wait), () -> {
                lookPlanned = false;
                lookNow();
            });
        }
    }

    private NodeProbe fresh() {
        return fresh(settings.timeout());
    }

    private NodeProbe fresh(Duration timeout) {
        NodeProbe probe = new NodeProbe(cluster, address, timeout, System::nanoTime);
        probes.add(probe);
        return probe;
    }

    private void ask(NodeProbe probe) {
        attempts.add(asked(probe));
    }

    private Attempt asked(NodeProbe probe) {
        return new Attempt(probe, threads.ask(() -> {
            try {
                Answer told = probe.ask();
                threads.coordinate(() -> answered(probe, told));
            } catch (SQLException | RuntimeException | LinkageError e) {
                threads.coordinate(() -> failed(probe, e));
            }
        }));
    }

    private void askPatiently() {
        if (patient == null) {
            NodeProbe probe = fresh(settings.connecting());
            Attempt attempt = asked(probe);
            patient = attempt;
            threads.later(settings.connecting(), () -> abandonPatient(attempt));
        }
    }

    private void abandonPatient(@Nullable Attempt attempt) {
        if (attempt != null && patient == attempt) {
            patient = null;
            discard(attempt.probe());
            attempt.thread().cancel(true);
        }
    }

    private boolean isPatient(NodeProbe probe) {
        return patient != null && patient.probe() == probe;
    }

    private void answered(NodeProbe probe, Answer told) {
        if (isPatient(probe)) {
            // What it told may be old.
            patient = null;
            kept = probe;
            lookNow();
        } else if (attempts.removeIf(attempt -> attempt.probe() == probe)) {
            if (probe == kept) {
                patience.answered(Duration.ofNanos(System.nanoTime() - begun));
            }
            breaker.succeeded();
            abandonAttempts();
            abandonPatient(patient);
            kept = probe;
            answer = told;
            latency.took(told.took());
            silent = false;
            end(NodeState.UP, null);
        }
    }

    private void failed(NodeProbe probe, Throwable failure) {
        if (isPatient(probe)) {
            patient = null;
            discard(probe);
        } else if (attempts.removeIf(attempt -> attempt.probe() == probe)) {
            discard(probe);
            breaker.failed(failure);
            reason = failure instanceof SQLException ? failure.getMessage() : address + ": " + failure;
            confirm();
            if (attempts.isEmpty()) {
                silent = false;
                end(NodeState.DOWN, reason);
            }
        }
    }

    /** Asks a second time, once in a look. */
    private void confirm() {
        if (!confirming) {
            confirming = true;
            if (state == NodeState.UP) {
                state = NodeState.SUSPECT;
                reason = attempts.isEmpty() ? reason : address + ": gives no answer";
                changed.run();
            }
            ask(fresh());
        }
    }

    /** @param due when this was to be called */
    private void silent(long due) {
        Duration more = patience.more(limit, System.nanoTime() - due, cluster.silence(address.id()));
        if (!more.isZero()) {
            long next = System.nanoTime() + more.toNanos();
            timers.add(threads.later(more, () -> silent(next)));
            return;
        }
        breaker.failed(new SQLException("no answer"));
        abandonAttempts();
        silent = true;
        end(NodeState.DOWN, "%s: gave no answer within %d ms".formatted(address, limit.toMillis()));
    }

    private void end(NodeState result, @Nullable String why) {
        timers.forEach(timer -> timer.cancel(false));
        if (result == NodeState.DOWN && silent) {
            askPatiently();
        }
        state = result;
        reason = why;
        looked.run();
        if (lookAgain) {
            lookAgain = false;
            lookNow();
        }
    }

    private void abandonAttempts() {
        for (Attempt attempt : attempts) {
            discard(attempt.probe());
            attempt.thread().cancel(true);
        }
        attempts.clear();
    }

    /** Closing may wait for the network. */
    private void discard(NodeProbe probe) {
        if (kept == probe) {
            kept = null;
        }
        threads.ask(() -> {
            probe.abort();
            probes.remove(probe);
        });
    }
}
