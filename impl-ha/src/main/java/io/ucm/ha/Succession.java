// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one replica becomes the primary and the others follow it, whether the old one was lost or stopped by plan; under the
 * locks of all replicas. One thread uses it.
 *
 * <p>Invariant: a replica is told to be the primary after it is on the disk that no other one may be.
 */
final class Succession {

    private final Memory memory;
    private final HeldReplicas held;
    private boolean told;

    Succession(Memory memory, HeldReplicas held) {
        this.memory = memory;
        this.held = held;
    }

    /**
     * So that another version of this bundle, or this process after a restart, may go on. Refused where another one may have
     * been told before for the same timeline.
     *
     * @param node the one that is to be the primary; null: not chosen yet
     */
    void begin(Evidence evidence, @Nullable String node) throws Refusal, IOException {
        Pledge left = memory.loadPledge();
        String before = left == null || !left.isFor(evidence.history()) ? null : left.node();
        if (before != null && !before.equals(node)) {
            throw new Refusal(before + " may have been told to be the primary, so no other can be for this timeline");
        }
        if (before == null) {
            memory.store(Pledge.begun(evidence, null, Instant.now()));
        }
    }

    /**
     * Points the other one at the chosen one, and returns when it streams from there what that one goes on with. False: it has
     * more than the chosen one, and can't follow it.
     *
     * @param old the primary that was
     */
    boolean follow(Plan plan, String old, Duration limit) throws Refusal, SQLException, InterruptedException {
        Look other = Objects.requireNonNull(plan.other());
        if (!plan.node().id().equals(other.follows())) {
            held.session(other).follow(plan.node().address());
        }
        boolean[] ahead = new boolean[1];
        boolean decided = Waiting.until(limit, held::pause, () -> {
            Look node = held.look(plan.node().id());
            Look latest = held.look(other.id());
            boolean streams = latest.streamsFrom(node) && latest.isPartOf(node);
            ahead[0] = !streams && !plan.promoted() && !latest.receivesFrom(old) && latest.isAheadOf(node);
            return ahead[0] || streams && !latest.isAheadOf(node);
        });
        if (!decided) {
            if (plan.promoted()) {
                letGoOfTornApart(plan);
            }
            throw new Refusal("%s does not stream from %s within %d ms"
                    .formatted(other.address(), plan.node().address(), limit.toMillis()));
        }
        return !ahead[0];
    }

    /** One that has gone on by itself since it was looked at would stream what both have, and confirm what it has not. */
    private void letGoOfTornApart(Plan plan) throws Refusal, SQLException, InterruptedException {
        Look node = held.look(plan.node().id());
        Look latest = held.look(plan.other().id());
        if (!latest.canFollow(node)) {
            held.session(latest).restore();
            throw Plan.diverged(latest, node);
        }
    }

    /**
     * Makes it the primary, and returns when it is. Whoever was told and is one by now, stays so. One that would be read-only,
     * as an old primary may have been left, is made writable before.
     */
    void promote(Look node, Evidence evidence, Duration limit)
            throws Refusal, SQLException, IOException, InterruptedException {
        ReplicaSession session = held.session(node);
        if (!told || session.recovers()) {
            if (session.sql().isReadOnly()) {
                session.sql().endReadOnly();
            }
            memory.store(Pledge.begun(evidence, node.id(), Instant.now()));
            told = true;
            session.promote();
        }
        if (!Waiting.until(limit, held::pause, () -> !session.recovers())) {
            throw new Refusal("%s: was told to be the primary, and is not after %d s"
                    .formatted(node.address(), limit.toSeconds()));
        }
    }

    /** Whether one may have been told to be the primary: then no other one may ever be for that timeline. */
    boolean told() {
        return told;
    }

    /** Returns when so many standbys confirm what the new primary commits, where commits wait for any, or after the limit. */
    void awaitStandbys(Look node, int count, Duration limit) throws SQLException, InterruptedException {
        if (count > 0) {
            NodeSession session = held.session(node).sql();
            Waiting.until(limit, held::pause, () -> session.is(confirmedBy(count)));
        }
    }

    static String confirmedBy(int count) {
        return "current_setting('synchronous_standby_names') = '' OR (SELECT count(*) FROM pg_stat_replication"
                + " WHERE state = 'streaming' AND sync_state <> 'async') >= " + count;
    }
}
