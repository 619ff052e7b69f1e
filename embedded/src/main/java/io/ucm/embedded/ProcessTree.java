// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's process and all that descends from it. Thread-safe; two threads that freeze and thaw at once get one or
 * the other.
 *
 * <p>No other process is ever signalled, though ids are used again: the root gets a signal only while it passes the
 * test that it is ours, and a descendant only while the root is stopped, so that it can't wait for its dead children
 * and none of their ids is free. On top of that each one's start time is compared right before.
 */
final class ProcessTree {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final File NOTHING = new File("/dev/null");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(5);

    private final ProcessHandle root;
    private final Predicate<ProcessHandle> ours;
    /** Where the kernel doesn't tell. */
    private volatile boolean frozen;

    ProcessTree(ProcessHandle root, Predicate<ProcessHandle> ours) {
        this.root = root;
        this.ours = ours;
    }

    boolean running() {
        return !Proc.ended(root);
    }

    boolean frozen() {
        char state = Proc.state(root);
        return running() && (state == 'T' || state == Proc.UNKNOWN && frozen);
    }

    /** Stops the root, then what descends from it, until there is nothing new. */
    void freeze() {
        if (!stopRoot()) {
            return;
        }
        List<ProcessHandle> told = new ArrayList<>();
        for (List<ProcessHandle> fresh = running(told); !fresh.isEmpty(); fresh = running(told)) {
            signal("STOP", fresh);
            told.addAll(fresh);
        }
        BoundedWait.uninterruptibly(
                STOP_LIMIT, () -> told.stream().allMatch(child -> Proc.ended(child) || stopped(child)));
    }

    /** Whether it is stopped, and so gets no more children, or has ended. */
    private boolean stopRoot() {
        if (!signalRoot("STOP")) {
            return false;
        }
        frozen = true;
        return BoundedWait.uninterruptibly(STOP_LIMIT, () -> !running() || stopped(root));
    }

    /** Lets all go on, the root last. */
    void thaw() {
        if (frozen()) {
            signal("CONT", root.descendants().toList());
        }
        signalRoot("CONT");
        frozen = false;
    }

    /** Kills all at one moment and waits until they are gone; false if one is left after the limit. */
    boolean kill(Duration limit) {
        stopRoot();
        List<ProcessHandle> all =
                Stream.concat(root.descendants(), Stream.of(root)).toList();
        if (running() && ours.test(root)) {
            // In this process, which is quicker than to run a program; it compares start times too.
            all.forEach(ProcessHandle::destroyForcibly);
        }
        return BoundedWait.uninterruptibly(limit, () -> all.stream().allMatch(Proc::ended));
    }

    /** Sends a signal such as {@code INT} to the root alone. */
    boolean signalRoot(String signal) {
        if (!running() || !ours.test(root)) {
            return false;
        }
        signal(signal, List.of(root));
        return true;
    }

    private List<ProcessHandle> running(List<ProcessHandle> told) {
        return root.descendants()
                .filter(child -> !told.contains(child) && !Proc.ended(child))
                .toList();
    }

    /** Where the kernel doesn't tell, it is believed to have obeyed. */
    private static boolean stopped(ProcessHandle process) {
        char state = Proc.state(process);
        return state == 'T' || state == Proc.UNKNOWN;
    }

    private static void signal(String signal, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -\"$0\" \"$@\"", signal));
        int empty = command.size();
        // A handle whose id is used again isn't alive: its start time differs.
        processes.stream().filter(ProcessHandle::isAlive).forEach(process -> command.add(Long.toString(process.pid())));
        if (command.size() == empty) {
            return;
        }
        try {
            Process sender = new ProcessBuilder(command)
                    .redirectInput(NOTHING)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BoundedWait.uninterruptibly(SIGNAL_LIMIT, () -> !sender.isAlive());
        } catch (IOException e) {
            LOG.warn("embedded: signal {} could not be sent", signal, e);
        }
    }
}
