// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What every planned switchover has: its steps, the writes that it parks, its report or what it failed of. Of one thread. */
final class SwitchoverRun {

    private static final Duration PARKED_LIMIT = Duration.ofSeconds(2);
    private static final Duration ACCEPTED_LIMIT = Duration.ofSeconds(10);

    private final ClusterWatch watch;
    private final SwitchoverPlan plan;
    private final Hold hold;
    private final SwitchoverSteps steps;
    private final long begin = System.nanoTime();

    /** @param complete whether the target becomes the primary only when it has all that the old one had */
    SwitchoverRun(ClusterWatch watch, SwitchoverPlan plan, boolean complete) {
        this.watch = watch;
        this.plan = plan;
        this.hold = new Hold(plan.from().id(), plan.to().id(), complete);
        this.steps = new SwitchoverSteps("cluster '%s': switchover to %s"
                .formatted(watch.cluster(), plan.to().id()));
    }

    SwitchoverSteps steps() {
        return steps;
    }

    Hold hold() {
        return hold;
    }

    /** Returns when nothing writes any more that the managers let in. */
    void park() throws InterruptedException, IOException {
        watch.park(hold);
        if (!hold.awaitParked(PARKED_LIMIT)) {
            throw new IOException("the cluster is not watched any more");
        }
    }

    /** Whatever became of it: writes go on at the primary that there is. */
    void unpark() {
        watch.unpark(hold);
    }

    /** Waits until the target is the primary by the rules of any other. */
    void awaitAccepted() throws InterruptedException, IOException {
        if (!hold.awaitAccepted(ACCEPTED_LIMIT)) {
            throw new IOException("it is not accepted as the primary; ucm:topology tells why");
        }
    }

    SwitchoverReport report(int drained, int cut, String oldCameBack) {
        Long pause = hold.pauseMs();
        return new SwitchoverReport(
                watch.cluster(),
                plan.from().id(),
                plan.to().id(),
                drained,
                cut,
                pause == null ? 0 : pause,
                oldCameBack,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                steps.done());
    }

    /** @param outlook what becomes of it, where that is not clear */
    IllegalStateException failed(Throwable e, Supplier<String> outlook) {
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
                                outlook.get()),
                e);
    }
}
