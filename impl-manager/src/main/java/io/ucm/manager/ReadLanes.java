// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one manager to the replicas that may serve reads. A replica's pool is opened when a read first wants one.
 * Thread-safe; nothing blocks.
 *
 * <p>Invariant: {@code open} holds the lanes of wanted nodes only; a lane that left it is in {@code leaving} until all its
 * connections are closed. All fields change under the lock of this object.
 */
final class ReadLanes {

    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private record Open(NodeAddress node, Lane lane) {}

    private final Supplier<Lane> newLane;
    private final List<Lane> leaving = new ArrayList<>();
    private volatile Map<NodeAddress, Blueprint> wanted = Map.of();
    private volatile Set<NodeAddress> far = Set.of();
    private volatile List<Open> open = List.of();

    ReadLanes(Supplier<Lane> newLane) {
        this.newLane = newLane;
    }

    /**
     * From now on reads go to these nodes, each with a pool of that blueprint; to those that are far, where the others
     * would let it wait. Who waits for another one, or for one that
     * does not serve yet, looks again.
     */
    synchronized void want(Collection<Blueprint> blueprints, Set<NodeAddress> distant, String why) {
        Map<NodeAddress, Blueprint> next = new LinkedHashMap<>();
        blueprints.forEach(blueprint -> next.put(blueprint.node(), blueprint));
        List<Open> staying = new ArrayList<>();
        for (Open lane : open) {
            Blueprint blueprint = next.get(lane.node());
            if (blueprint == null || lane.lane().generations().current() == null) {
                leaving.add(lane.lane());
                lane.lane().generations().end(why);
            } else {
                staying.add(lane);
                lane.lane().generations().want(blueprint);
            }
        }
        leaving.removeIf(lane -> lane.generations().isOver());
        far = distant;
        wanted = Map.copyOf(next);
        open = List.copyOf(staying);
    }

    /**
     * The lane for one read: one with a free place, or else the least crowded that serves; null: the primary is to serve. Those
     * that are far come last, but not where a read would have to wait for more than a moment, or behind another one: a near
     * pool grows while somebody waits.
     *
     * @param except is not chosen; null: any may be
     */
    @Nullable
    Lane pickBut(@Nullable Lane except) {
        List<Open> now = open;
        if (now.size() < wanted.size()) {
            openMissing();
        }
        int size = now.size();
        int start = size > 1 ? ThreadLocalRandom.current().nextInt(size) : 0;
        Set<NodeAddress> distant = far;
        Lane serving = null;
        Lane near = null;
        Lane free = null;
        for (int i = 0; i < size; i++) {
            Open one = now.get((start + i) % size);
            Lane lane = one.lane();
            if (lane != except && lane.serves()) {
                boolean isNear = distant.isEmpty() || !distant.contains(one.node());
                if (lane.gate().hasFree()) {
                    if (isNear) {
                        return lane;
                    }
                    free = lane;
                } else if (isNear) {
                    near = lessCrowded(near, lane);
                }
                serving = lessCrowded(serving, lane);
            }
        }
        if (free == null) {
            return serving;
        }
        return near != null && near.gate().servesWithin(MOMENT_NANOS) ? near : free;
    }

    private static Lane lessCrowded(@Nullable Lane one, Lane other) {
        return one == null || other.crowd() < one.crowd() ? other : one;
    }

    /** The lane for a read of that session: always the same one, while that serves; null: none does. */
    @Nullable
    Lane pick(String session) {
        List<Open> now = open;
        if (now.size() < wanted.size()) {
            openMissing();
        }
        return now.stream()
                .filter(lane -> lane.lane().serves())
                .max(Comparator.comparingInt(lane -> Objects.hash(session, lane.node()) * 0x9E3779B9))
                .map(Open::lane)
                .orElse(null);
    }

    /** The lane to that node; null: reads don't go there. */
    @Nullable
    Lane to(NodeAddress node) {
        if (open.size() < wanted.size()) {
            openMissing();
        }
        return open.stream()
                .filter(lane -> lane.node().equals(node))
                .map(Open::lane)
                .findFirst()
                .orElse(null);
    }

    /** One that is being opened, for a read that no other node serves; null: there is none. */
    @Nullable
    Lane any() {
        List<Open> now = open;
        return now.isEmpty() ? null : now.get(0).lane();
    }

    private synchronized void openMissing() {
        List<Open> more = new ArrayList<>(open);
        wanted.forEach((node, blueprint) -> {
            if (more.stream().noneMatch(lane -> lane.node().equals(node))) {
                Lane lane = newLane.get();
                lane.generations().want(blueprint);
                more.add(new Open(node, lane));
            }
        });
        open = List.copyOf(more);
    }

    /** Those that serve, and those that still have connections out. */
    synchronized List<Lane> all() {
        List<Lane> all = new ArrayList<>(leaving);
        open.forEach(lane -> all.add(lane.lane()));
        return all;
    }

    /** By node, those that reads may go to. */
    Map<NodeAddress, Lane> serving() {
        Map<NodeAddress, Lane> serving = new LinkedHashMap<>();
        open.forEach(lane -> serving.put(lane.node(), lane.lane()));
        return serving;
    }
}
