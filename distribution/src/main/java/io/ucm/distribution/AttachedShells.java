// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.concurrent.CountDownLatch;

/** What a client of a server can have of its container, as soon as there is one. Thread-safe. */
final class AttachedShells {

    private final Container container;
    private final CountDownLatch up = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(1);

    AttachedShells(Container container) {
        this.container = container;
    }

    /** Every bundle was told to start: there is a shell, for whom it is enough. */
    void up() {
        up.countDown();
    }

    /** The managers serve, or it was said why not. */
    void started() {
        started.countDown();
    }

    boolean isUp() {
        return up.getCount() == 0;
    }

    boolean isStarted() {
        return started.getCount() == 0;
    }

    void awaitUp() throws InterruptedException {
        up.await();
    }

    void awaitStarted() throws InterruptedException {
        started.await();
    }

    boolean isClosing() {
        return container.isClosing();
    }

    ShellSession open(Streams streams) throws Exception {
        return container.openShell(streams);
    }

    TerminalSession openTerminal(String type, int columns, int lines, FrameInput in, FrameOutput out) throws Exception {
        return container.openTerminal(type, columns, lines, in, out);
    }
}
