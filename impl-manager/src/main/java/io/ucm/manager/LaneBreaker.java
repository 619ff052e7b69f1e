// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Role;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatch;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a lane to the breakers that the part in the slot {@code ha} keeps: one for each node that it leads to. Where no
 * part does, or the part fails, nobody is turned away. Thread-safe; nothing blocks.
 *
 * <p>Invariant: {@code held} is used only while its watch is the one in force, and {@link #letGo} forgets another one, so that
 * nothing of a part that has left stays.
 */
final class LaneBreaker {

    /** The leave of who can't be turned away: its end is told to nobody. */
    static final long FREE = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(LaneBreaker.class);

    private record Held(
            TopologyWatch watch, NodeAddress node, @Nullable CallBreaker breaker) {}

    private final Supplier<@Nullable TopologyWatch> watch;
    private final Role role;
    private final Supplier<ModeSettings> mode;
    private volatile @Nullable Held held;

    /**
     * @param watch what the part in force has for the cluster; null: there is none
     * @param role what nodes are used as through this lane
     */
    LaneBreaker(Supplier<@Nullable TopologyWatch> watch, Role role, Supplier<ModeSettings> mode) {
        this.watch = watch;
        this.role = role;
        this.mode = mode;
    }

    /** How long who wants to use that node is likely to be turned away, in nanoseconds; 0: it is not. */
    long retryAfter(NodeAddress node) {
        CallBreaker breaker = at(node);
        try {
            return breaker == null ? 0 : breaker.retryAfter();
        } catch (RuntimeException | LinkageError e) {
            return failed(e, 0);
        }
    }

    /** See {@link CallBreaker#enter}. */
    long enter(NodeAddress node) {
        CallBreaker breaker = at(node);
        try {
            return breaker == null ? FREE : breaker.enter();
        } catch (RuntimeException | LinkageError e) {
            return failed(e, FREE);
        }
    }

    /** See {@link CallBreaker#ended}. */
    void ended(NodeAddress node, long leave, long nanos, @Nullable SQLException failure) {
        CallBreaker breaker = leave == FREE ? null : at(node);
        if (breaker != null) {
            try {
                breaker.ended(leave, nanos, failure);
            } catch (RuntimeException | LinkageError e) {
                failed(e, 0);
            }
        }
    }

    /** See {@link CallBreaker#interrupted}. */
    void interrupted(NodeAddress node, long leave, long nanos) {
        CallBreaker breaker = leave == FREE ? null : at(node);
        if (breaker != null) {
            try {
                breaker.interrupted(leave, nanos);
            } catch (RuntimeException | LinkageError e) {
                failed(e, 0);
            }
        }
    }

    /** Forgets what is not in force, or will be asked for again. */
    void letGo() {
        held = null;
    }

    private @Nullable CallBreaker at(NodeAddress node) {
        TopologyWatch now = watch.get();
        if (now == null) {
            return null;
        }
        Held known = held;
        if (known == null || known.watch() != now || !known.node().equals(node)) {
            known = new Held(now, node, ask(now, node));
            held = known;
        }
        return known.breaker();
    }

    private @Nullable CallBreaker ask(TopologyWatch now, NodeAddress node) {
        ModeSettings asking = mode.get();
        try {
            return now.breaker(node.id(), role, asking.key().mode(), asking.basedOn());
        } catch (RuntimeException | LinkageError e) {
            failed(e, 0);
            return null;
        }
    }

    /** Its bundle may just be leaving. */
    private static long failed(Throwable failure, long instead) {
        LOG.debug("a breaker failed", failure);
        return instead;
    }
}
