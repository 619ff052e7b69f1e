// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.RoleExchange;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Two nodes exchange their roles by plan, by somebody else who is asked for it. Writes are parked meanwhile, and go on at the
 * target when the nodes say that it is the primary, by the rules of any other; where they don't, whoever is the primary then
 * gets them. One thread runs it, once.
 */
final class AskedSwitchover implements PlannedSwitchover {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);

    /** By transaction: whoever else writes there begins new ones. */
    private static final String WRITERS = "SELECT pid || ' ' || backend_xid FROM pg_stat_activity WHERE backend_type ="
            + " 'client backend' AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";

    private final ClusterWatch watch;
    private final RoleExchange exchange;
    private final Duration drainLimit;
    private final SwitchoverPlan plan;
    private final SwitchoverRun run;
    private final SwitchoverSteps steps;
    private final Set<String> writers = new HashSet<>();
    private int cut;
    private boolean asked;

    AskedSwitchover(ClusterWatch watch, RoleExchange exchange, Duration drainLimit, SwitchoverPlan plan) {
        this.watch = watch;
        this.exchange = exchange;
        this.drainLimit = drainLimit;
        this.plan = plan;
        this.run = new SwitchoverRun(watch, plan, false);
        this.steps = run.steps();
    }

    @Override
    public SwitchoverReport run() {
        try {
            endWrites();
            steps.run("exchanging the roles by " + exchange.name(), this::ask);
            steps.run("accepting " + plan.to() + " as the primary", run::awaitAccepted);
            steps.run("waiting until " + plan.from() + " is read", this::awaitRead);
        } catch (Exception | Error e) {
            throw run.failed(e, () -> outlook(e));
        } finally {
            run.unpark();
        }
        return run.report(
                writers.size() - cut,
                cut,
                watch.isReadable(plan.from().id()) ? SwitchoverReport.STREAMS : SwitchoverReport.NOT_YET);
    }

    @Override
    public void stop(Thread runner) {
        runner.interrupt();
    }

    private void endWrites() throws Exception {
        try (NodeSession from = NodeSession.open(watch.watched(), plan.from(), ANSWER)) {
            steps.run("checking " + plan.to(), () -> plan.requireComplete(from));
            steps.run("parking writes", run::park);
            steps.run("waiting for writers", () -> drain(from));
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
            if (!run.hold().awaitAccepted(Duration.ZERO)) {
                throw e;
            }
        }
    }

    /** What it says does not change what was done. */
    private void awaitRead() throws SQLException, InterruptedException {
        Waiting.until(READ_LIMIT, () -> watch.isReadable(plan.from().id()));
    }

    private String outlook(Throwable e) {
        return asked && e instanceof InterruptedException ? "; " + exchange.name() + " goes on with it" : "";
    }
}
