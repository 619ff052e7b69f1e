// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps writes parked while two nodes exchange their roles by plan: as long as a watch has it, nobody but the target is
 * the primary. It ends when the target is accepted. Thread-safe.
 */
final class Hold {

    private final String from;
    private final String to;
    private final boolean complete;
    /** When, in {@link System#nanoTime}. */
    private final CompletableFuture<Long> parked = new CompletableFuture<>();

    private final CompletableFuture<Long> accepted = new CompletableFuture<>();

    /** @param complete whether the target is the primary only when it has all that the old one had */
    Hold(String from, String to, boolean complete) {
        this.from = from;
        this.to = to;
        this.complete = complete;
    }

    String to() {
        return to;
    }

    boolean isComplete() {
        return complete;
    }

    /** Why there is no primary. */
    String why() {
        return "switchover to %s is under way".formatted(to);
    }

    /** Why the old primary is not read. */
    String refusal() {
        return "hands over to " + to;
    }

    boolean handsOver(String node) {
        return node.equals(from);
    }

    /** Nobody is the primary: that was published. */
    void isParked() {
        parked.complete(System.nanoTime());
    }

    /** The target is the primary: that was published. */
    void isAccepted() {
        accepted.complete(System.nanoTime());
    }

    boolean awaitParked(Duration limit) throws InterruptedException {
        return await(parked, limit);
    }

    boolean awaitAccepted(Duration limit) throws InterruptedException {
        return await(accepted, limit);
    }

    /** How long nobody took writes; null while that has not ended. */
    @Nullable
    Long pauseMs() {
        return parked.isDone() && accepted.isDone()
                ? Long.valueOf(TimeUnit.NANOSECONDS.toMillis(accepted.join() - parked.join()))
                : null;
    }

    private static boolean await(CompletableFuture<Long> moment, Duration limit) throws InterruptedException {
        try {
            moment.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
