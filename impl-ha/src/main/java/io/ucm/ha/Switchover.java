// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Two nodes exchange their roles by plan. One thread runs it, once.
 *
 * <p>Invariant: until the target may have been told to be the primary, each change has its way back, and a failure goes
 * that way; from then on nothing is taken back, and only that node may become the primary. Nothing that was acknowledged
 * is lost: the target is promoted only when it has replayed the checkpoint with which the old primary ended.
 */
final class Switchover implements PlannedSwitchover {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** For a checkpoint that has everything to write, while writes go on. */
    private static final Duration LONG_CHECKPOINT = Duration.ofSeconds(60);

    /** Longer than any step takes that leaves the replicas alone: the longest is the stop, after the drain. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(30);

    private static final Duration ACCEPTED_LIMIT = Duration.ofSeconds(10);
    private static final Duration READ_LIMIT = Duration.ofSeconds(2);

    private final ClusterWatch watch;
    private final ServerControl control;
    private final Duration drainLimit;
    private final SwitchoverPlan plan;
    private final SwitchoverRun run;
    private final SwitchoverSteps steps;
    private final OldPrimary old;

    /** Guarded by this, and so is {@code stopped}. */
    private boolean forward;

    private boolean stopped;

    Switchover(ClusterWatch watch, ServerControl control, Duration drainLimit, SwitchoverPlan plan) {
        this.watch = watch;
        this.control = control;
        this.drainLimit = drainLimit;
        this.plan = plan;
        this.run = new SwitchoverRun(watch, plan, true);
        this.steps = run.steps();
        this.old = new OldPrimary(watch.watched(), plan.from(), described(plan), control, steps);
    }

    /** For whoever finds what it left, should it be cut short. */
    private static String described(SwitchoverPlan plan) {
        return "to %s by %s of %s"
                .formatted(
                        plan.to().id(),
                        ManagementFactory.getRuntimeMXBean().getName(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Blocks until it is done, or taken back, whatever is thrown: who controls the servers may be exchanged meanwhile. */
    @Override
    public SwitchoverReport run() {
        try (HeldReplicas held = watch.replicas(ANSWER, IDLE_LIMIT.plus(drainLimit))) {
            steps.run("connecting to the replicas", () -> connect(held));
            try (NodeSession from = open(plan.from(), ANSWER)) {
                exchange(held, from);
            }
        } catch (Exception | Error e) {
            throw run.failed(e, this::outlook);
        } finally {
            run.unpark();
        }
        return run.report(old.drained(), old.cut(), String.valueOf(old.cameBack()));
    }

    @Override
    public synchronized void stop(Thread runner) {
        stopped = true;
        if (!forward) {
            runner.interrupt();
        }
    }

    private void connect(HeldReplicas held) throws Refusal, InterruptedException {
        held.open(plan.replicas());
        if (!held.away().isEmpty()) {
            throw new Refusal(held.away().values().iterator().next());
        }
    }

    private void exchange(HeldReplicas held, NodeSession from) throws Exception {
        Succession succession = watch.succession(held);
        NewPrimary target = new NewPrimary(plan, held, succession, control, steps);
        try {
            steps.run("checking all nodes", () -> plan.check(from, held));
            steps.run("writing checkpoints ahead", this::checkpoint);
            steps.run("locking the replicas", () -> lock(held, from, target));
            steps.run("parking writes", this::park);
            Lsn written = old.endWrites(from, drainLimit);
            old.stop(held);
            steps.run("comparing what was written and received", () -> target.requireReceived(written));
            for (NodeAddress other : plan.others()) {
                target.letFollow(other);
            }
            steps.run("promoting " + plan.to(), () -> promote(target));
        } catch (Exception | Error e) {
            if (succession.told()) {
                throw e;
            }
            throw takenBack(e);
        }
        accept(target);
        old.comeBack(plan.to());
        run.awaitAccepted();
        steps.run("ending what was read-only", this::endReadOnly);
        steps.run("waiting until " + plan.from() + " is read", this::awaitRead);
    }

    /** What was seen before may have been changed by whoever had the locks. */
    private void lock(HeldReplicas held, NodeSession from, NewPrimary target) throws Exception {
        held.lock();
        plan.check(from, held);
        target.begin();
    }

    private void checkpoint() throws SQLException {
        for (NodeAddress node : List.of(plan.from(), plan.to())) {
            try (NodeSession session = open(node, LONG_CHECKPOINT)) {
                session.run("CHECKPOINT");
            }
        }
    }

    private void park() throws InterruptedException, IOException {
        steps.takeBack("writes are parked still", run::unpark);
        run.park();
    }

    private void promote(NewPrimary target) throws Exception {
        synchronized (this) {
            if (stopped) {
                throw new InterruptedException();
            }
            forward = true;
        }
        target.promote();
        steps.keep();
    }

    /** Without another replica, only the old primary can be the standby that a synchronous one needs. */
    private void accept(NewPrimary target) throws Exception {
        if (!plan.others().isEmpty()) {
            steps.run("accepting " + plan.to() + " as the primary", () -> awaitAccepted(target));
        }
    }

    private void awaitAccepted(NewPrimary target) throws InterruptedException {
        try {
            target.awaitStandbys(ACCEPTED_LIMIT);
        } catch (SQLException e) {
            // The watch asks as well.
        }
        watch.look();
        run.hold().awaitAccepted(ACCEPTED_LIMIT);
    }

    /** What it says does not change what was done. */
    private void awaitRead() throws SQLException, InterruptedException {
        watch.restarted(plan.from().id());
        Waiting.until(READ_LIMIT, () -> watch.isReadable(plan.from().id()));
    }

    private void endReadOnly() throws SQLException {
        for (NodeAddress node : watch.watched().nodes()) {
            try (NodeSession session = open(node, ANSWER)) {
                if (session.isReadOnly()) {
                    session.endReadOnly();
                }
            }
        }
    }

    private NodeSession open(NodeAddress node, Duration bound) throws SQLException {
        return NodeSession.open(watch.watched(), node, bound);
    }

    private IOException takenBack(Throwable why) {
        synchronized (this) {
            forward = false;
        }
        boolean interrupted = Thread.interrupted() || why instanceof InterruptedException;
        List<String> left = steps.undo();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return new IOException(
                "%s; %s"
                        .formatted(
                                SwitchoverSteps.reason(why),
                                left.isEmpty()
                                        ? "all is as it was, " + plan.from() + " is the primary"
                                        : "not taken back: " + String.join("; ", left)),
                why);
    }

    private String outlook() {
        synchronized (this) {
            if (!forward) {
                return "";
            }
        }
        Long pause = run.hold().pauseMs();
        return pause == null
                ? "; %s was told to be the primary, and no other node may be now".formatted(plan.to())
                : "; %s is the primary, nobody took writes for %d ms; %s is still to become a standby, and then to be writable"
                        .formatted(plan.to(), pause, plan.from());
    }
}
