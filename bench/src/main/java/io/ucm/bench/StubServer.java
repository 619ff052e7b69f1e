// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the stub driver connects to: memory only. A statement costs a fixed piece of arithmetic that depends on its
 * parameter, and is counted, so that it can be told whether it was run. Thread-safe.
 */
final class StubServer {

    private static final Map<String, StubServer> SERVERS = new ConcurrentHashMap<>();
    private static final int STEPS = 8;

    private final List<StubConnection> connections = new CopyOnWriteArrayList<>();

    private volatile long connectMs;
    private volatile long queryMs;

    /** The one server of that name. */
    static StubServer named(String name) {
        return SERVERS.computeIfAbsent(name, unused -> new StubServer());
    }

    /** What a statement with that parameter answers: some steps of a xorshift generator. */
    static long answer(long parameter) {
        long state = parameter + 1;
        for (int i = 0; i < STEPS; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        return state;
    }

    /** From now on, so long take a connect and a query. */
    void delay(long connect, long query) {
        connectMs = connect;
        queryMs = query;
    }

    /** What a query takes beside its arithmetic. */
    void query() {
        pause(queryMs);
    }

    /** Connections that are open. */
    long open() {
        return connections.stream().filter(connection -> !connection.isClosed()).count();
    }

    private static void pause(long milliseconds) {
        if (milliseconds > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
        }
    }

    StubConnection connect() {
        pause(connectMs);
        StubConnection connection = new StubConnection(this);
        connections.add(connection);
        return connection;
    }

    /** All connections ever made. */
    List<StubConnection> connections() {
        return List.copyOf(connections);
    }

    /** Queries that were run so far; exact while none runs. */
    long queries() {
        return connections.stream().mapToLong(StubConnection::queries).sum();
    }
}
