// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.CacheKey;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Single flight: of many calls of a bundle that miss a key at a time, one loads, and the others get what it got.
 * Thread-safe; never blocks.
 *
 * <p>What is handed on are bytes, so that nobody gets an object that somebody else changes. Bundles do not share their
 * loads: one that stops would take the others' answer with it. A load that was invalidated ends for those who wait for it;
 * who comes later starts a new one.
 */
final class Flights {

    private record Flight(Consumer consumer, CacheKey key) {}

    private final Map<Flight, CompletableFuture<byte @Nullable []>> running = new ConcurrentHashMap<>();

    /**
     * Joins the load of that key, or starts one.
     *
     * @param load gives null when there is no value
     */
    CompletableFuture<byte @Nullable []> join(
            Consumer consumer, CacheKey key, Supplier<CompletableFuture<byte @Nullable []>> load) {
        Flight flight = new Flight(consumer, key);
        CompletableFuture<byte @Nullable []> mine = new CompletableFuture<>();
        CompletableFuture<byte @Nullable []> first = running.putIfAbsent(flight, mine);
        if (first != null) {
            return first;
        }
        started(load).whenComplete((value, failure) -> {
            running.remove(flight, mine);
            if (failure == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private static CompletableFuture<byte @Nullable []> started(Supplier<CompletableFuture<byte @Nullable []>> load) {
        try {
            return load.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Nobody joins any load that runs now. */
    void forgetAll() {
        running.clear();
    }

    /** Nobody joins the loads of these keys any more. */
    void forget(Collection<CacheKey> keys) {
        if (!running.isEmpty()) {
            Set<CacheKey> gone = Set.copyOf(keys);
            running.keySet().removeIf(flight -> gone.contains(flight.key()));
        }
    }
}
