// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A server in its place, which can be started again after its process ended. Started by one thread at a time; any
 * thread may stop, kill, freeze or thaw it at any time and as often as it likes.
 */
abstract class ServerNode {

    /** What its process does. */
    enum State {
        RUNNING,
        FROZEN,
        STOPPED
    }

    private final String id;
    private volatile @Nullable ServerProcess process;

    ServerNode(String id) {
        this.id = id;
    }

    final String id() {
        return id;
    }

    abstract int port();

    final State state() {
        ServerProcess server = process;
        if (server == null || !server.alive()) {
            return State.STOPPED;
        }
        return server.tree().frozen() ? State.FROZEN : State.RUNNING;
    }

    final void started(ServerProcess server) {
        process = server;
    }

    /** The process of the last start. */
    final ServerProcess process() {
        ServerProcess server = process;
        if (server == null) {
            throw new IllegalStateException(id + " was not started");
        }
        return server;
    }

    final void freeze() {
        process().tree().freeze();
    }

    /** Lets its processes go on, should they be frozen. */
    final void thaw() {
        ServerProcess server = process;
        if (server != null) {
            server.tree().thaw();
        }
    }

    /** Kills the server and its children; throws if one of them is still there after two seconds. */
    final void kill() throws IOException {
        ServerProcess server = process;
        if (server != null) {
            server.kill();
            if (server.alive()) {
                throw server.failure("pid " + server.pid() + " was killed and is still there");
            }
            ended();
        }
    }

    /** Begins a shutdown by that signal, if it runs. */
    final void beginStop(String signal) {
        ServerProcess server = process;
        if (server != null) {
            server.tree().signalRoot(signal);
        }
    }

    /** Returns when neither the server nor a child of it runs any more; past the patience they are killed. */
    final void awaitStop(Duration patience) {
        ServerProcess server = process;
        if (server != null) {
            server.awaitEnd(patience);
            ended();
        }
    }

    /** Removes what a killed process leaves outside its folder. */
    void ended() {}
}
