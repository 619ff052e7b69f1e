// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of one switchover: how long each took, and how to take back what they changed. One thread. */
final class SwitchoverSteps {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchoverSteps.class);

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private record Undo(String what, Work work) {}

    private final String subject;
    private final List<SwitchoverReport.Step> done = new ArrayList<>();
    /** The latest first. */
    private final Deque<Undo> undo = new ArrayDeque<>();

    private String current = "connecting to the primary";

    /** @param subject what the log lines begin with */
    SwitchoverSteps(String subject) {
        this.subject = subject;
    }

    /** @param step as in 'failed while …' */
    void run(String step, Work work) throws Exception {
        current = step;
        long begin = System.nanoTime();
        work.run();
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        done.add(new SwitchoverReport.Step(step, ms));
        LOG.info("{}: {}: {} ms", subject, step, ms);
    }

    /** @param what as in 'not taken back: …' */
    void takeBack(String what, Work work) {
        undo.push(new Undo(what, work));
    }

    /** From here it goes forward only. */
    void keep() {
        undo.clear();
    }

    /** The step that is under way, or was the last one. */
    String current() {
        return current;
    }

    List<SwitchoverReport.Step> done() {
        return done;
    }

    /** Takes back what was changed, the latest first, each whatever becomes of the others; returns what was not. */
    List<String> undo() {
        List<String> failures = new ArrayList<>();
        while (!undo.isEmpty()) {
            Undo next = undo.pop();
            try {
                next.work().run();
            } catch (Exception | Error e) {
                failures.add(next.what() + " (" + reason(e) + ")");
            }
        }
        return failures;
    }

    static String reason(Throwable e) {
        return e instanceof InterruptedException
                ? "interrupted"
                : e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
