// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the sessions of one pool on the server before their end: when they are old, or were opened with a former
 * password, or in an epoch that is over. The new one is opened first, one at a time, and takes its place while nobody has
 * the connection; the pool sees no change. What can't be replaced goes on. Thread-safe.
 */
final class Renewal {

    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

    /** After a failure nothing is tried for so long. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

    private final Object pool;
    private final Connections connections;
    private final DriverSource source;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long notBefore = System.nanoTime();
    private volatile @Nullable String failure;

    /** @param pool whose connections they are, for messages */
    Renewal(Object pool, Connections connections, DriverSource source) {
        this.pool = pool;
        this.connections = connections;
        this.source = source;
    }

    /** Renews what is due. Blocks while it connects; nothing happens while another thread is at it. */
    void run(Duration lifetime) {
        if (notBefore - System.nanoTime() > 0 || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            for (PhysicalConnection connection : connections.open()) {
                if (isDue(connection.session(), lifetime)) {
                    connection.renew(source.openSession(true));
                }
            }
            failure = null;
        } catch (SQLException | RuntimeException | LinkageError e) {
            notBefore = System.nanoTime() + PAUSE;
            String reason = Objects.toString(e.getMessage(), e.toString());
            if (!reason.equals(failure)) {
                LOG.warn("{}: a connection could not be renewed, and goes on: {}", pool, reason);
            }
            failure = reason;
        } finally {
            running.set(false);
        }
    }

    private boolean isDue(ServerSession session, Duration lifetime) {
        return session.epoch() != connections.epoch()
                || session.password() != source.password()
                || session.isOld(lifetime, System.nanoTime());
    }
}
