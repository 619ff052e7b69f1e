// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The node that takes writes, as the nodes themselves say at the moment: of several, the one of the highest timeline.
 * Immutable.
 */
record CurrentPrimary(PostgresNode node, int timeline) {

    /** For an answer, on a busy machine too; who is known to be frozen is not asked. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** A replica has no position of its own, and answers nothing but that it is one. */
    private static final String TIMELINE = "select case when pg_is_in_recovery() then '' else"
            + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end";

    /** Asks all nodes at once, within ten seconds; throws if there is none, or no telling which. */
    static CurrentPrimary find(List<PostgresNode> nodes, Credentials role) throws Exception {
        Map<String, String> answers = new ConcurrentHashMap<>();
        Parallel.run(
                "ask",
                nodes.stream()
                        .map(node -> (Parallel.Step) () -> answers.put(node.id(), ask(node, role)))
                        .toArray(Parallel.Step[]::new));
        List<CurrentPrimary> found = nodes.stream()
                .filter(node -> answers.get(node.id()).matches("[0-9A-F]{8}"))
                .map(node -> new CurrentPrimary(node, Integer.parseUnsignedInt(answers.get(node.id()), 16)))
                .sorted(Comparator.comparingInt(CurrentPrimary::timeline).reversed())
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("no node is the primary now: "
                    + nodes.stream()
                            .map(node -> node.id() + " " + answers.get(node.id()))
                            .collect(Collectors.joining(", ")));
        }
        if (found.size() > 1 && found.get(0).timeline == found.get(1).timeline) {
            throw new IllegalStateException("%s and %s both say that they are the primary on timeline %d"
                    .formatted(found.get(0).node.id(), found.get(1).node.id(), found.get(0).timeline));
        }
        return found.get(0);
    }

    /** Throws if a node knows a later timeline than this primary's: what was committed on it could be lost by a copy. */
    void requireNewest(List<PostgresNode> nodes) throws IOException {
        for (PostgresNode other : nodes) {
            if (other.folder().timeline() > timeline) {
                throw new IllegalStateException(
                        "%s says that it is the primary on timeline %d, but %s knows timeline %d: a copy could lose commits"
                                .formatted(
                                        node.id(),
                                        timeline,
                                        other.id(),
                                        other.folder().timeline()));
            }
        }
    }

    /** Whether that node runs, answers, and streams from this primary itself. */
    boolean isFollowedBy(PostgresNode replica, Credentials role) {
        return answers(replica, role, "status || ' ' || sender_port", "streaming " + node.port());
    }

    /** The same, and what it receives is of this primary's timeline. */
    boolean isFollowedOnItsTimeline(PostgresNode replica, Credentials role) {
        return answers(
                replica,
                role,
                "status || ' ' || sender_port || ' ' || received_tli",
                "streaming " + node.port() + " " + timeline);
    }

    private static boolean answers(PostgresNode replica, Credentials role, String receiver, String expected) {
        if (replica.state() != ServerNode.State.RUNNING) {
            return false;
        }
        try (NodeSession session = NodeSession.open(replica, role, ANSWER)) {
            return session.ask("select " + receiver + " from pg_stat_wal_receiver")
                    .equals(expected);
        } catch (SQLException e) {
            return false;
        }
    }

    /** The timeline of a primary, else words that follow the node's id. */
    private static String ask(PostgresNode node, Credentials role) {
        switch (node.state()) {
            case STOPPED:
                return "is not running";
            case FROZEN:
                return "is frozen";
            default:
        }
        try (NodeSession session = NodeSession.open(node, role, ANSWER)) {
            String timeline = session.ask(TIMELINE);
            return timeline.isEmpty() ? "is a replica" : timeline;
        } catch (SQLException e) {
            return "gives no answer";
        }
    }
}
