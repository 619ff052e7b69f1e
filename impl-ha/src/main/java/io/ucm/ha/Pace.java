// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When what was refused is tried again: at once when what it depends on has changed; else after a while, which is twice as
 * long after each refusal, up to a second. Used by one thread.
 */
final class Pace {

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Duration shortest;
    private final LongSupplier ticker;
    private Duration wait;
    private @Nullable Object basis;
    private long ended;

    /** @param ticker as {@link System#nanoTime} */
    Pace(Duration shortest, LongSupplier ticker) {
        this.shortest = shortest;
        this.ticker = ticker;
        this.wait = shortest;
    }

    /** What an attempt depends on, as far as it is seen: all but when it was asked. */
    static Object basis(List<Seen> nodes, Evidence evidence) {
        return List.of(nodes.stream().map(Pace::basis).toList(), evidence);
    }

    private record Basis(
            NodeState state,
            boolean primary,
            @Nullable Lsn lsn,
            @Nullable Identity identity,
            @Nullable Facts facts) {}

    private static Basis basis(Seen node) {
        Answer answer = node.answer();
        return answer == null
                ? new Basis(node.state(), false, null, null, null)
                : new Basis(node.state(), answer.primary(), answer.lsn(), answer.identity(), answer.facts());
    }

    boolean isDue(Object now) {
        return !now.equals(basis) || ticker.getAsLong() - ended >= wait.toNanos();
    }

    /** A try begins on that basis. */
    void begins(Object on) {
        Duration longer = wait.multipliedBy(2);
        wait = !on.equals(basis) ? shortest : longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        basis = on;
    }

    void refused() {
        ended = ticker.getAsLong();
    }

    /** The next try is a first one. */
    void forget() {
        basis = null;
    }
}
