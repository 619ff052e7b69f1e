// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be undone, the latest first and each once, whatever becomes of the others. Thread-safe. */
final class CleanUp {

    private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);

    private record Task(String name, Parallel.Step work) {}

    /** The latest first; guarded by itself. */
    private final Deque<Task> tasks = new ArrayDeque<>();

    void add(String name, Parallel.Step work) {
        synchronized (tasks) {
            tasks.push(new Task(name, work));
        }
    }

    void run() {
        for (Task task = next(); task != null; task = next()) {
            try {
                task.work().run();
            } catch (Exception e) {
                LOG.warn("embedded: {} not done", task.name(), e);
            }
        }
    }

    private @Nullable Task next() {
        synchronized (tasks) {
            return tasks.poll();
        }
    }
}
