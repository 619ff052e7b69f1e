// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.RoleExchange;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes exchange their roles by plan, by somebody else who is asked for it. Writes are parked meanwhile, and go on at the
 * target when the nodes say that it is the primary, by the rules of any other; where they don't, whoever is the primary then
 * gets them. One thread runs it, once.
 */
final class AskedSwitchover implements PlannedSwitchover {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration PARKED_LIMIT = Duration.ofSeconds(2);
    private static final Duration ACCEPTED_LIMIT = Duration.ofSeconds(10);
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);

    /** By transaction: whoever else writes there begins new ones. */
    private static final String WRITERS = "SELECT pid || ' ' || backend_xid FROM pg_stat_activity WHERE backend_type ="
            + " 'client backend' AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";

    private final ClusterWatch watch;
    private final RoleExchange exchange;
    private final Duration drainLimit;
    private final SwitchoverPlan plan;
    private final Hold hold;
    private final SwitchoverSteps steps;
    private final Set<String> writers = new HashSet<>();
    private int cut;
    private boolean asked;

    AskedSwitchover(ClusterWatch watch, RoleExchange exchange, Duration drainLimit, SwitchoverPlan plan) {
        this.watch = watch;
        this.exchange = exchange;
        this.drainLimit = drainLimit;
        this.plan = plan;
        this.hold = new Hold(plan.from().id(), plan.to().id());
        this.steps = new SwitchoverSteps("cluster '%s': switchover to %s"
                .formatted(watch.cluster(), plan.to().id()));
    }

    @Override
    public SwitchoverReport run() {
        long begin = System.nanoTime();
        try {
            endWrites();
            steps.run("exchanging the roles by " + exchange.name(), this::ask);
            steps.run("accepting " + plan.to() + " as the primary", this::awaitAccepted);
            steps.run("waiting until " + plan.from() + " is read", this::awaitRead);
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
                writers.size() - cut,
                cut,
                pause == null ? 0 : pause,
                watch.isReadable(plan.from().id()) ? SwitchoverReport.STREAMS : SwitchoverReport.NOT_YET,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                steps.done());
    }

    @Override
    public void stop(Thread runner) {
        runner.interrupt();
    }

    private void endWrites() throws Exception {
        try (NodeSession from = NodeSession.open(watch.watched(), plan.from(), ANSWER)) {
            steps.run("checking " + plan.to(), () -> plan.requireComplete(from));
            steps.run("parking writes", this::park);
            steps.run("waiting for writers", () -> drain(from));
        }
    }

    private void park() throws InterruptedException, IOException {
        watch.park(hold);
        if (!hold.awaitParked(PARKED_LIMIT)) {
            throw new IOException("the cluster is not watched any more");
        }
    }

    private void drain(NodeSession from) throws SQLException, InterruptedException {
        writers.addAll(from.list(WRITERS));
        Set<String> left = new HashSet<>(writers);
        Waiting.until(drainLimit, () -> {
            left.retainAll(from.list(WRITERS));
            return left.isEmpty();
        });
        cut = left.size();
    }

    /** The nodes have the last word: an answer may be lost, or late. */
    private void ask() throws IOException, InterruptedException {
        asked = true;
        try {
            exchange.exchange(plan.from().id(), plan.to().id());
        } catch (IOException e) {
            if (!hold.awaitAccepted(Duration.ZERO)) {
                throw e;
            }
        }
    }

    private void awaitAccepted() throws InterruptedException, IOException {
        if (!hold.awaitAccepted(ACCEPTED_LIMIT)) {
            throw new IOException("it is not accepted as the primary; ucm:topology tells why");
        }
    }

    /** What it says does not change what was done. */
    private void awaitRead() throws SQLException, InterruptedException {
        Waiting.until(READ_LIMIT, () -> watch.isReadable(plan.from().id()));
    }

    private IllegalStateException failed(Exception e) {
        boolean interrupted = e instanceof InterruptedException;
        if (interrupted) {
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
                                interrupted && asked ? "; " + exchange.name() + " goes on with it" : ""),
                e);
    }
}
