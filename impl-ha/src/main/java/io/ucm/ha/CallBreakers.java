// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The breakers of the calls to one cluster's nodes. They begin closed, and do so again when their node was lost and is back,
 * or has become the primary. Thread-safe; {@link #looked} and {@link #primaryIs} are for the coordinator only, which owns
 * their fields.
 */
final class CallBreakers {

    private record Use(String node, Role role, String mode, String basedOn) {}

    private final String cluster;
    private final HaSettings settings;
    private final LongSupplier ticker;
    private final Map<Use, ModeBreaker> breakers = new ConcurrentHashMap<>();

    private final Set<String> up = new HashSet<>();
    private @Nullable String primary;

    CallBreakers(String cluster, HaSettings settings, LongSupplier ticker) {
        this.cluster = cluster;
        this.settings = settings;
        this.ticker = ticker;
    }

    /** Null where nobody is turned away. */
    @Nullable
    CallBreaker of(String node, Role role, String mode, String basedOn) {
        Duration openTime = settings.breakerOpen();
        BreakerThresholds thresholds = BreakerThresholds.of(basedOn);
        return thresholds == null || openTime.isZero()
                ? null
                : breakers.computeIfAbsent(
                        new Use(node, role, mode, basedOn),
                        use -> new ModeBreaker(name(use), thresholds, openTime, settings.interval(), ticker));
    }

    private String name(Use use) {
        return "%s/%s/%s/%s".formatted(cluster, use.node(), use.role(), use.mode());
    }

    /** A look at a node has ended. */
    void looked(Seen node) {
        boolean was = up.contains(node.id());
        if (node.state() != NodeState.UP) {
            up.remove(node.id());
            reset(use -> use.node().equals(node.id()));
        } else if (was) {
            breakers.forEach((use, breaker) -> {
                if (use.node().equals(node.id())) {
                    breaker.probed();
                }
            });
        } else {
            up.add(node.id());
            reset(use -> use.node().equals(node.id()));
        }
    }

    /** That node is the one to write to; null: none is. */
    void primaryIs(@Nullable String node) {
        if (node != null && !Objects.equals(node, primary)) {
            reset(use -> use.role() == Role.PRIMARY && use.node().equals(node));
        }
        primary = node;
    }

    private void reset(Predicate<Use> which) {
        breakers.forEach((use, breaker) -> {
            if (which.test(use)) {
                breaker.reset();
            }
        });
    }

    /** The same topology, in which each node has the worst state of all its breakers. */
    Topology shownIn(Topology topology) {
        return new Topology(
                topology.cluster(),
                topology.at(),
                topology.nodes().stream().map(this::shown).toList(),
                topology.epoch(),
                topology.primary(),
                topology.lossy(),
                topology.promotion(),
                topology.why());
    }

    private NodeStatus shown(NodeStatus status) {
        BreakerState worst = status.breaker();
        for (Map.Entry<Use, ModeBreaker> entry : breakers.entrySet()) {
            if (entry.getKey().node().equals(status.node().id())) {
                worst = worse(worst, entry.getValue().state());
            }
        }
        return new NodeStatus(
                status.node(),
                status.readable(),
                status.distance(),
                status.silent(),
                status.timeline(),
                status.lsn(),
                status.lagBytes(),
                status.lagMs(),
                status.latencyMs(),
                worst);
    }

    private static BreakerState worse(BreakerState one, BreakerState other) {
        if (one == BreakerState.OPEN || other == BreakerState.OPEN) {
            return BreakerState.OPEN;
        }
        return one == BreakerState.CLOSED ? other : one;
    }

    /** By name: {@code cluster/node/role/mode}. */
    Map<String, ModeBreaker> byName() {
        Map<String, ModeBreaker> named = new TreeMap<>();
        breakers.forEach((use, breaker) -> named.put(name(use), breaker));
        return named;
    }
}
