// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code serve}: a container without a terminal that clients attach to, until somebody asks it to stop. What is missing
 * is said, and it stays, because whoever mends that needs it. Used by one thread; it stops on the hook's.
 */
final class Server {

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int OK = 0;
    private static final int FAILED = 1;

    private final Container container;
    private final Progress progress;
    private final AttachedShells shells;

    /** What the hook ends the process with: a stop that was asked for is none of a signal's failures. */
    private final AtomicInteger code = new AtomicInteger(OK);

    private volatile @Nullable ServerEntry entry;
    private volatile @Nullable AttachServer attach;

    Server(Container container, Progress progress) {
        this.container = container;
        this.progress = progress;
        this.shells = new AttachedShells(container);
    }

    /** Returns when the container has stopped by a command; a signal ends the process instead. */
    int run(Options options) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "ucm-stop"));
        try {
            serve(options);
            return OK;
        } catch (Exception e) {
            if (!container.isClosing()) {
                progress.say((entry == null || attach == null ? "serve: " : "") + Failure.message(e));
                code.set(FAILED);
            }
            return FAILED;
        }
    }

    private void serve(Options options) throws Exception {
        String name = options.name() == null ? ServerSearch.DEFAULT : options.name();
        ServerEntry registered = ServerFolder.ofUser().register(name);
        entry = registered;
        AttachServer listening = new AttachServer(options.port(), shells);
        attach = listening;
        registered.publish(listening.address());
        boolean complete = container.start();
        shells.up();
        progress.say("deploy folder: " + container.folder().deploy());
        awaitReady("'%s' (%s)".formatted(name, listening.address()), complete);
        container.awaitStop();
    }

    /** Until it is ready, or stopped; says once why it is not. */
    private void awaitReady(String who, boolean complete) throws InterruptedException {
        boolean ready = tryReady(true);
        shells.started();
        if (!ready) {
            progress.say("not ready; running all the same as " + who + ", see: ucm attach");
        }
        while (!ready && !container.awaitStop(RETRY)) {
            ready = tryReady(false);
        }
        if (ready) {
            progress.say("ready" + (complete ? "" : " but for the bundles named above") + ": " + who);
        }
    }

    private boolean tryReady(boolean loud) throws InterruptedException {
        try {
            if (loud) {
                container.awaitReady();
            } else {
                container.awaitReadyQuietly();
            }
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (loud && !container.isClosing()) {
                progress.say(Failure.message(e));
            }
            return false;
        }
    }

    /** Clients first: nobody is told the failures of what is being stopped. */
    private void stop() {
        try {
            AttachServer listening = attach;
            ServerEntry registered = entry;
            if (listening != null) {
                listening.close();
            }
            container.close();
            if (registered != null) {
                registered.close();
            }
        } catch (IOException e) {
            progress.say("stopping: " + Failure.message(e));
        }
        Runtime.getRuntime().halt(code.get());
    }
}
