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

    boolean isAheadOf(Look other) {
        return position.compareTo(other.position()) > 0;
    }

    /** Whether all that it has is also part of the other's history, though it may be missing some. */
    boolean isPartOf(Look other) {
        Lsn end = other.endOf(this);
        return other.wasOnTimelineOf(this) && (end == null || position.compareTo(end) <= 0);
    }

    /**
     * Whether it can go on with what that primary writes. Where that one began within a record of which this one has a part, no
     * commit was confirmed by that part, and another record comes in its place.
     */
    boolean canFollow(Look primary) {
        boolean endsWithTheSameRecord = primary.wasOnTimelineOf(this) && whole.equals(primary.endOf(this));
        return isPartOf(primary) || endsWithTheSameRecord && (receiver == null || receivesFrom(primary.id()));
    }

    private boolean wasOnTimelineOf(Look other) {
        return identity.systemId().equals(other.identity.systemId())
                && identity.history()
                        .contains(
                                other.identity.timeline(),
                                other.identity.history().begin());
    }

    /** Where it left the other's timeline; null: it is on it, or never was. */
    private @Nullable Lsn endOf(Look other) {
        return identity.history().end(other.identity.timeline());
    }
}
