// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of one pool, and what is known of them together. Thread-safe; nothing blocks.
 *
 * <p>Two numbers tell which of them may be lent. A connection whose {@code epoch} is not the current one must not be:
 * the node has lost the role that it was opened for. It bears the epoch from before it was opened, so one that was being
 * opened meanwhile is caught too. One that was last seen well before the newest {@code alarm} has to be asked first:
 * another connection to the same node broke since.
 */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final int WEIGHT = 4;

    private final Set<PhysicalConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger epoch = new AtomicInteger();
    private final AtomicInteger alarm = new AtomicInteger();
    private volatile @Nullable SQLException failure;
    private volatile long connectNanos;
    private volatile Runnable changed = () -> {};
    private final Executor background;

    /** @param background closes what was replaced */
    Connections(Executor background) {
        this.background = background;
    }

    /** Called, from any thread, whenever there are more or fewer of them; must not block. */
    void onChange(Runnable listener) {
        changed = listener;
    }

    /** One was opened and is kept from now on. */
    void opened(PhysicalConnection connection) {
        failure = null;
        open.add(connection);
        changed.run();
    }

    /** How long the last connects took, in nanoseconds; 0: none was made. */
    long connectNanos() {
        return connectNanos;
    }

    /** A connect took so long. */
    void connected(long nanos) {
        long before = connectNanos;
        connectNanos = before == 0 ? nanos : before + (nanos - before) / WEIGHT;
    }

    /** One could not be opened. */
    void refused(SQLException why) {
        failure = why;
    }

    /** One is closed, or will be instead of being lent again. Idempotent. */
    void gone(PhysicalConnection connection) {
        if (open.remove(connection)) {
            changed.run();
        }
    }

    /** Those that are open. */
    List<PhysicalConnection> open() {
        return List.copyOf(open);
    }

    /** Closes a session that another one has replaced, elsewhere. */
    void discard(ServerSession replaced) {
        try {
            background.execute(() -> close(replaced));
        } catch (RejectedExecutionException e) {
            close(replaced);
        }
    }

    private static void close(ServerSession replaced) {
        try {
            replaced.raw().close();
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("a session that was replaced could not be closed", e);
        }
    }

    /** How many there are to lend. */
    int size() {
        return open.size();
    }

    /** Why none could be opened lately; null when the last attempt succeeded, or none was made. */
    @Nullable
    SQLException failure() {
        return failure;
    }

    /** Those that are lent out now. */
    List<Lent> lent() {
        return open.stream()
                .map(PhysicalConnection::lent)
                .flatMap(Optional::stream)
                .toList();
    }

    int epoch() {
        return epoch.get();
    }

    int alarm() {
        return alarm.get();
    }

    /** The node has lost its role: none of those that are open, or being opened, is lent again. */
    void endEpoch() {
        epoch.incrementAndGet();
    }

    /** One of them broke. */
    void raiseAlarm() {
        alarm.incrementAndGet();
    }

    /** Whether it may be lent without a question to the server. */
    boolean trusts(PhysicalConnection connection) {
        return connection.session().epoch() == epoch.get() && connection.seenWellAt() == alarm.get();
    }

    /** Asks the server whether it may be lent, unless that is known. Blocks up to the timeout. */
    boolean verify(PhysicalConnection connection, int timeoutSeconds) {
        int now = alarm.get();
        try {
            if (connection.session().epoch() != epoch.get() || !connection.isValid(timeoutSeconds)) {
                return false;
            }
        } catch (SQLException e) {
            return false;
        }
        connection.seenWell(now);
        return true;
    }
}
