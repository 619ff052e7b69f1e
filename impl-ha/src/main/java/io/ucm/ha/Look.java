// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node said in the session that holds its lock.
 *
 * @param recovery whether it is a replica still
 * @param promoting whether it has been told to be a primary, and is not one yet
 * @param position how far it has written to disk what it received; on a primary, what it wrote
 * @param whole the same without a record that is only begun; the position where it is not known that there is one
 * @param receiver null when it is not connected to anybody
 * @param follows the configured node that its primary_conninfo names; null: none
 * @param standbys who receives from it
 */
record Look(
        NodeAddress address,
        boolean recovery,
        boolean promoting,
        Identity identity,
        Lsn position,
        Lsn whole,
        @Nullable Receiver receiver,
        @Nullable String follows,
        List<Standby> standbys) {

    Look {
        standbys = List.copyOf(standbys);
    }

    String id() {
        return address.id();
    }

    boolean receivesFrom(String node) {
        return receiver != null && node.equals(receiver.node());
    }

    /** Whether its stream from that node has begun, as both say: one that is ahead of its sender connects in vain. */
    boolean streamsFrom(Look sender) {
        return receivesFrom(sender.id())
                && sender.standbys().stream()
                                .filter(standby -> standby.name().equalsIgnoreCase(id()))
                                .filter(standby ->
                                        standby.streams() || standby.state().equals("catchup"))
                                .count()
                        == 1;
    }

    /** Whether commits of that node wait for it, or could. */
    boolean confirms(Look sender) {
        return sender.standbys().stream()
                .anyMatch(standby -> standby.name().equalsIgnoreCase(id()) && standby.confirms());
    }

    boolean isOnTimelineOf(Look other) {
        return identity.history().timeline() == other.identity().history().timeline();
    }

    boolean isAheadOf(Look other) {
        return position.compareTo(other.position()) > 0;
    }

    /** Whether all that it has is also part of the other's history, though it may be missing some. */
    boolean isPartOf(Look other) {
        return isPartOf(other, position);
    }

    /**
     * The same but for a record that is only begun: no commit was confirmed by it, and who follows the other one gets another
     * record in its place.
     */
    boolean canFollow(Look other) {
        return isPartOf(other, whole);
    }

    private boolean isPartOf(Look other, Lsn mine) {
        History theirs = other.identity().history();
        int timeline = identity.timeline();
        if (!identity.systemId().equals(other.identity().systemId())
                || !theirs.contains(timeline, identity.history().begin())) {
            return false;
        }
        Lsn end = theirs.end(timeline);
        return end == null || mine.compareTo(end) <= 0;
    }
}
