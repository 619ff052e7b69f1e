// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes exchange their roles by plan. One thread runs it, once.
 *
 * <p>Invariant: until the target may have been told to be the primary, each change has its way back, and a failure goes
 * that way; from then on nothing is taken back, and only that node may become the primary. Nothing that was acknowledged
 * is lost: the target is promoted only when it has replayed the checkpoint with which the old primary ended.
 */
final class Switchover {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** For a checkpoint that has everything to write, while writes go on. */
    private static final Duration LONG_CHECKPOINT = Duration.ofSeconds(60);
    /** For one that has little to write. */
    private static final Duration CHECKPOINT = Duration.ofSeconds(15);

    private static final Duration PARKED_LIMIT = Duration.ofSeconds(2);
    private static final Duration PROMOTION_LIMIT = Duration.ofSeconds(30);
    private static final Duration ACCEPTED_LIMIT = Duration.ofSeconds(10);
    private static final Duration READ_LIMIT = Duration.ofSeconds(2);

    private final ClusterWatch watch;
    private final ServerControl control;
    private final Duration drainLimit;
    private final SwitchoverPlan plan;
    private final Hold hold;
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
        this.hold = new Hold(plan.from().id(), plan.to().id());
        this.steps = new SwitchoverSteps("cluster '%s': switchover to %s"
                .formatted(watch.cluster(), plan.to().id()));
        this.old = new OldPrimary(watch.watched(), plan.from(), control, steps);
    }

    /** Blocks until it is done, or taken back. */
    SwitchoverReport run() {
        long begin = System.nanoTime();
        try (Succession succession = LockedReplicas.lock(watch.watched(), plan.replicas());
                NodeSession from = open(plan.from(), ANSWER);
                NodeSession to = open(plan.to(), CHECKPOINT)) {
            exchange(succession, from, to);
        } catch (Exception e) {
            throw failed(e);
        } finally {
            watch.unpark(hold);
        }
        Long pause = hold.pauseMs();
        return new SwitchoverReport(
                watch.cluster(),
                plan.from().id(),
                plan.to().id(),
                old.drained(),
                old.cut(),
                pause == null ? 0 : pause,
                String.valueOf(old.cameBack()),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                steps.done());
    }

    /** Ends it where it can still be taken back. Any thread. */
    synchronized void stop(Thread runner) {
        stopped = true;
        if (!forward) {
            runner.interrupt();
        }
    }

    private void exchange(Succession succession, NodeSession from, NodeSession to) throws Exception {
        try {
            steps.run("checking both nodes", () -> plan.check(from, to));
            steps.run("writing checkpoints ahead", this::checkpoint);
            steps.run("parking writes", this::park);
            Lsn written = old.endWrites(from, drainLimit);
            old.stop();
            steps.run("comparing what was written and received", () -> old.requireReceived(to, written));
            for (NodeAddress other : plan.others()) {
                steps.run("pointing " + other + " at " + plan.to().id(), () -> follow(succession, other));
            }
            if (to.isReadOnly()) {
                to.endReadOnly();
            }
            steps.run("promoting " + plan.to(), () -> promote(succession));
        } catch (Exception e) {
            if (succession.ordered()) {
                throw e;
            }
            throw takenBack(e);
        }
        accept(to);
        old.comeBack(plan.to());
        if (!hold.awaitAccepted(ACCEPTED_LIMIT)) {
            throw new IOException("it is not accepted as the primary; ucm:topology tells why");
        }
        steps.run("ending what was read-only", this::endReadOnly);
        steps.run("waiting until " + plan.from() + " is read", this::awaitRead);
    }

    private void checkpoint() throws SQLException {
        for (NodeAddress node : List.of(plan.from(), plan.to())) {
            try (NodeSession session = open(node, LONG_CHECKPOINT)) {
                session.run("CHECKPOINT");
            }
        }
    }

    private void park() throws InterruptedException, IOException {
        steps.takeBack("writes are parked still", () -> watch.unpark(hold));
        watch.park(hold);
        if (!hold.awaitParked(PARKED_LIMIT)) {
            throw new IOException("the cluster is not watched any more");
        }
    }

    private void follow(Succession succession, NodeAddress other) throws SQLException, InterruptedException {
        steps.takeBack(other + " follows " + plan.to() + " still", () -> succession.restore(other.id()));
        succession.follow(other.id(), plan.to().id());
    }

    /** A target that went away in between is started again: no other one may be the primary now. */
    private void promote(Succession succession) throws Exception {
        synchronized (this) {
            if (stopped) {
                throw new InterruptedException();
            }
            forward = true;
        }
        SQLException[] last = new SQLException[1];
        if (!Waiting.until(PROMOTION_LIMIT, () -> promoted(succession, last))) {
            throw last[0];
        }
        steps.keep();
    }

    private boolean promoted(Succession succession, SQLException[] last) throws SQLException, InterruptedException {
        try {
            succession.promote(plan.to().id());
            return true;
        } catch (SQLException e) {
            if (!succession.ordered()) {
                throw e;
            }
            last[0] = e;
            startAgain(e);
            return false;
        }
    }

    /** Where that fails, the next try may find it running all the same. */
    private void startAgain(SQLException failure) throws InterruptedException {
        try {
            control.start(plan.to().id());
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Without another replica, only the old primary can be the standby that a synchronous one needs. */
    private void accept(NodeSession to) throws Exception {
        if (!plan.others().isEmpty()) {
            steps.run("accepting " + plan.to() + " as the primary", () -> awaitAccepted(to));
        }
    }

    private void awaitAccepted(NodeSession promoted) throws InterruptedException {
        try (NodeSession to = promoted.isOpen() ? promoted : open(plan.to(), ANSWER)) {
            Waiting.until(
                    ACCEPTED_LIMIT,
                    () -> to.is(
                            "current_setting('synchronous_standby_names') = '' OR (SELECT count(*) FROM pg_stat_replication"
                                    + " WHERE state = 'streaming' AND sync_state <> 'async') >= "
                                    + plan.others().size()));
        } catch (SQLException e) {
            // The watch asks as well.
        }
        watch.look();
        hold.awaitAccepted(ACCEPTED_LIMIT);
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

    private IOException takenBack(Exception why) {
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

    private IllegalStateException failed(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new IllegalStateException(
                "cluster '%s': the switchover from %s to %s failed while %s: %s%s"
                        .formatted(
                                watch.cluster(),
                                plan.from(),
                                plan.to(),
                                steps.current(),
                                SwitchoverSteps.reason(e),
                                outlook()),
                e);
    }

    private String outlook() {
        synchronized (this) {
            if (!forward) {
                return "";
            }
        }
        Long pause = hold.pauseMs();
        return pause == null
                ? "; %s was told to be the primary, and no other node may be now".formatted(plan.to())
                : "; %s is the primary, nobody took writes for %d ms; %s is still to become a standby, and then to be writable"
                        .formatted(plan.to(), pause, plan.from());
    }
}
