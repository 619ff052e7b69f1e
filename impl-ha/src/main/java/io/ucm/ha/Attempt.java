// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One promotion, or one undoing, by a thread of its own. Begun once; any thread may close it. */
final class Attempt {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    /** So long the locks outlive a process that stands still. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(3);

    /**
     * What came of it.
     *
     * @param report null: nothing
     * @param problem why nothing came of it; null when something did
     * @param pledge what it left on the disk
     */
    record Result(
            @Nullable FailoverReport report,
            @Nullable Exception problem,
            @Nullable Pledge pledge) {}

    private final WatchedCluster cluster;
    private final Memory memory;
    private final WatchThreads threads;
    private final Order order;
    private final boolean undoing;
    private final Failover failover;

    private volatile boolean primaryIsBack;

    Attempt(
            WatchedCluster cluster,
            HaSettings settings,
            Memory memory,
            WatchThreads threads,
            Order order,
            boolean undoing) {
        this.cluster = cluster;
        this.memory = memory;
        this.threads = threads;
        this.order = order;
        this.undoing = undoing;
        this.failover = new Failover(
                cluster,
                order,
                memory,
                () -> primaryIsBack,
                new HeldReplicas(cluster, settings.connecting(), IDLE_LIMIT, threads));
    }

    Order order() {
        return order;
    }

    /** Whether it lets the replicas follow the lost primary again. */
    boolean undoing() {
        return undoing;
    }

    /** Whether the lost primary is reached again: then nobody takes its place who was not told to. */
    void primaryIsBack(boolean reached) {
        primaryIsBack = reached;
    }

    /** @param ended is run by the coordinator */
    void begin(Consumer<Result> ended) {
        threads.ask(() -> {
            Result result = run();
            threads.coordinate(() -> ended.accept(result));
        });
    }

    private Result run() {
        long begin = System.nanoTime();
        FailoverReport report = null;
        Exception problem = null;
        try (failover) {
            Outcome outcome = undoing ? failover.undo() : failover.promote();
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
            report = undoing
                    ? FailoverReport.undone(cluster.name(), order, outcome, elapsed)
                    : FailoverReport.promoted(cluster.name(), order, outcome, elapsed);
        } catch (InterruptedException e) {
            problem = new Refusal("it was ended");
        } catch (Refusal | SQLException | IOException e) {
            problem = e;
        } catch (RuntimeException e) {
            LOG.error("cluster '{}': promoting failed", cluster.name(), e);
            problem = e;
        }
        return new Result(report, problem, left());
    }

    private @Nullable Pledge left() {
        try {
            return memory.loadPledge();
        } catch (IOException e) {
            LOG.error("cluster '{}': {}", cluster.name(), e.getMessage());
            return order.pledge();
        }
    }

    /** Ends it: its locks are let go of. */
    void close() {
        failover.close();
    }
}
