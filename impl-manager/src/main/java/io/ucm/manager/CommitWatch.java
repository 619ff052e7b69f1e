// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for COMMITs of one manager whose answers will not come: the server has nothing under way for them, because the answer
 * or the COMMIT itself was lost on the way. Their connections are closed, so that their callers find the outcome out. One look at
 * a time, over one connection for each node. Thread-safe.
 */
final class CommitWatch {

    /** A COMMIT that takes longer may have lost its answer: it is looked at each second. */
    private static final Duration LONG = Duration.ofSeconds(1);

    private static final String OWN =
            "SELECT pid, " + Backend.STARTED + ", state FROM pg_stat_activity WHERE usename = current_user";

    private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

    /** One that was sent, and whether it has still no answer. */
    record Sent(Attempt attempt, BooleanSupplier unanswered) {}

    private final AtomicBoolean looking = new AtomicBoolean();

    /** Whether one that was sent then takes long now; both of {@link System#nanoTime}. */
    static boolean isLong(long sent, long now) {
        return now - sent > LONG.toNanos();
    }

    /** Blocks while it asks the servers, up to 10 s for one that is silent; does nothing while another look is under way. */
    void look(List<Sent> all) {
        if (all.isEmpty() || !looking.compareAndSet(false, true)) {
            return;
        }
        try {
            all.stream()
                    .collect(Collectors.groupingBy(
                            sent -> sent.attempt().borrow().node()))
                    .values()
                    .forEach(CommitWatch::lookAtOneNode);
        } finally {
            looking.set(false);
        }
    }

    private static void lookAtOneNode(List<Sent> sent) {
        try (Connection other = sent.get(0).attempt().borrow().connect()) {
            Map<Backend, String> states = states(other);
            for (Sent one : sent) {
                Backend backend = one.attempt().backend();
                if (backend.started() != null && !"active".equals(states.get(backend))) {
                    one.attempt().cutOffWhile(one.unanswered());
                }
            }
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("could not ask what becomes of {} commits", sent.size(), e);
        }
    }

    private static Map<Backend, String> states(Connection connection) throws SQLException {
        Map<Backend, String> states = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet told = statement.executeQuery(OWN)) {
                while (told.next()) {
                    states.put(new Backend(told.getInt(1), told.getString(2)), String.valueOf(told.getString(3)));
                }
            }
        }
        return states;
    }
}
