// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a primary writable again that a switchover made read-only, when who ran that is gone. The coordinator calls it and owns
 * the fields, except where said.
 *
 * <p>A switchover has the locks of all replicas from before it makes the old primary read-only until that is taken back, or
 * another node is the primary, and promotes under them only. So whoever has them all knows that none is under way; and where
 * all other nodes are replicas that follow the primary, are not about to be promoted and know no later history, nobody took its
 * place, nor does while they are held. The change is made in a session that ends with them, and who comes second finds
 * nothing to change.
 */
final class LeftBehind {

    private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);

    /** So long the locks outlive a process that stands still. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(3);
    /** Another container's switchover is rarely longer under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final WatchedCluster cluster;
    private final HaSettings settings;
    private final WatchThreads threads;
    private final Runnable done;
    private final Pace pace;
    private final Complaint complaint;

    /** Why the last attempt changed nothing; null: there was none. */
    private @Nullable String failure;

    /** By which the attempt that is under way has its locks; read by who closes. */
    private volatile @Nullable HeldReplicas attempt;

    /** @param done is run after each attempt */
    LeftBehind(WatchedCluster cluster, HaSettings settings, WatchThreads threads, Runnable done) {
        this.cluster = cluster;
        this.settings = settings;
        this.threads = threads;
        this.done = done;
        this.pace = new Pace(settings.urgentInterval(), System::nanoTime);
        this.complaint = new Complaint(cluster.name(), "what a switchover left is not taken back", PATIENCE);
    }

    /** The judgement, with why there still is such a primary; begins to take back what is left when that is due. */
    Judgement judged(Judgement judgement, List<Seen> nodes) {
        Seen primary = left(judgement.standing().remembered(), nodes);
        if (primary == null) {
            failure = null;
            pace.forget();
            complaint.forget();
            return judgement;
        }
        String basis = primary.id() + " " + primary.answer().switchover();
        if (attempt == null && pace.isDue(basis)) {
            pace.begins(basis);
            begin(primary);
        }
        String told = failure;
        return complaint.stands(told) && judgement.topology().primary() == null
                ? judgement.notTakingBack(told)
                : judgement;
    }

    /** The primary of the known history that a switchover made read-only; null: there is none. */
    private static @Nullable Seen left(@Nullable Remembered known, List<Seen> nodes) {
        return nodes.stream()
                .filter(node -> node.up() && node.claimsPrimary())
                .filter(node -> node.answer().switchover() != null)
                .filter(node -> Election.strange(node, known, nodes) == null)
                .findFirst()
                .orElse(null);
    }

    private void begin(Seen primary) {
        HeldReplicas held = new HeldReplicas(cluster, settings.connecting(), IDLE_LIMIT, threads);
        attempt = held;
        threads.ask(() -> {
            String why = attempted(primary, held);
            threads.coordinate(() -> {
                attempt = null;
                failure = why;
                pace.refused();
                done.run();
            });
        });
    }

    private @Nullable String attempted(Seen primary, HeldReplicas held) {
        try (held) {
            takeBack(primary.id(), held);
            return null;
        } catch (InterruptedException e) {
            return "it was ended";
        } catch (Refusal | SQLException e) {
            return e.getMessage();
        } catch (RuntimeException e) {
            LOG.error("cluster '{}': taking back what a switchover left failed", cluster.name(), e);
            return e.toString();
        }
    }

    private void takeBack(String primary, HeldReplicas held) throws Refusal, SQLException, InterruptedException {
        held.open(cluster.nodes());
        if (!held.away().isEmpty()) {
            throw new Refusal(
                    held.away().values().iterator().next() + "; only all nodes together prove that it has ended");
        }
        held.lock();
        List<Look> looks = held.looks();
        Look look = HeldReplicas.of(primary, looks);
        requireTheOnlyOne(look, looks);
        NodeSession session = held.session(look).sql();
        String switchover = session.switchover();
        if (switchover != null) {
            session.endReadOnly();
            LOG.warn(
                    "cluster '{}': {} is writable again: the switchover {} has ended without taking that back",
                    cluster.name(),
                    look.address(),
                    switchover);
        }
    }

    private static void requireTheOnlyOne(Look primary, List<Look> looks) throws Refusal {
        if (primary.recovery()) {
            throw new Refusal(primary.address() + ": is no primary any more");
        }
        for (Look other : looks) {
            if (other != primary) {
                requireReplica(other, primary, looks);
            }
        }
    }

    /** One that follows another replica was pointed there, and that one may have been told: who told it may wake up. */
    private static void requireReplica(Look other, Look primary, List<Look> looks) throws Refusal {
        if (!other.recovery() || other.promoting()) {
            throw new Refusal(other.address() + ": is a primary, or about to be");
        }
        if (!isPast(other.identity(), primary.identity())) {
            throw new Refusal("%s: knows timeline %d, of which %s, on timeline %d, has nothing"
                    .formatted(
                            other.address(),
                            other.identity().timeline(),
                            primary.address(),
                            primary.identity().timeline()));
        }
        Look followed = other.follows() == null ? primary : HeldReplicas.of(other.follows(), looks);
        if (followed != primary) {
            throw new Refusal("%s: follows %s, which may have been told to be the primary"
                    .formatted(other.address(), followed.address()));
        }
    }

    private static boolean isPast(Identity other, Identity primary) {
        return other.systemId().equals(primary.systemId())
                && primary.history().contains(other.timeline(), other.history().begin());
    }

    /** Ends the attempt that is under way: its locks are let go of. Any thread. */
    void release() {
        HeldReplicas held = attempt;
        if (held != null) {
            held.close();
        }
    }
}
