// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A step of the start: its time is logged, its failure says what was not done. Stateless. */
final class Step {

    private static final Logger LOG = LoggerFactory.getLogger(Step.class);

    private Step() {}

    /** Logs {@code subject done in 0.1 s}, or throws {@code subject not done: reason}. */
    static <T> T of(String subject, String done, Callable<T> work) {
        long begin = System.nanoTime();
        try {
            T result = work.call();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            LOG.info("embedded: {} {} in {} s", subject, done, String.format(Locale.ROOT, "%.2f", millis / 1000.0));
            return result;
        } catch (ServerFailedException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new ServerFailedException("embedded: " + subject + " not " + done + ": " + e, e);
        }
    }

    /** Work without a result. */
    static void of(String subject, String done, Parallel.Step work) {
        Callable<Boolean> called = () -> {
            work.run();
            return true;
        };
        of(subject, done, called);
    }
}
