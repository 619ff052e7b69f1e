// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.cache.Request.Fill;
import io.ucm.cache.Request.Found;
import io.ucm.cache.Request.Invalidate;
import io.ucm.cache.Request.Put;
import io.ucm.cache.Request.Read;
import io.ucm.cache.Request.RemoteLease;
import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one mode: its own near cache over the remote one, which all modes of the cluster share. Thread-safe.
 *
 * <p>What enters the near cache was read, or loaded, after a stamp of {@link NearCaches} was taken, and is kept out if
 * anything was heard of the key since. What is loaded is kept in the process only if the remote cache took it, which refuses
 * what was invalidated by anybody after the lease (the leases of Nishtala et al., Scaling Memcache at Facebook, NSDI 2013).
 */
final class TwoLevels implements CacheLevels {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * @param caches whose stamp it is
     * @param remote null: the remote cache was not asked
     */
    private record FillLease(
            NearCaches caches,
            long stamp,
            long startNanos,
            @Nullable RemoteLease remote) implements Lease {}

    private final CacheSettings settings;
    private final ClusterCache cluster;
    private final NearCaches caches;
    private final RemoteCache remote;
    private final EhcacheNearCache near;
    private final Jitter jitter;
    private final Ticker ticker;
    private final Executor answers;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param answers runs what callers attached to their stages: none of it may hold up a thread of the cache */
    TwoLevels(CacheSettings settings, ClusterCache cluster, Jitter jitter, Ticker ticker, Executor answers) {
        this.settings = settings;
        this.cluster = cluster;
        this.caches = cluster.near();
        this.remote = cluster.remote();
        this.near = new EhcacheNearCache(settings.nearEntries(), ticker);
        this.jitter = jitter;
        this.ticker = ticker;
        this.answers = answers;
        caches.add(near);
    }

    @Override
    public CompletionStage<Lookup> get(CacheKey key) {
        Lookup here = here(key);
        if (here != null) {
            return CompletableFuture.completedFuture(here);
        }
        return ask(List.of(key)).thenApply(found -> found.get(key));
    }

    @Override
    public CompletionStage<Map<CacheKey, Lookup>> getAll(Collection<CacheKey> keys) {
        Map<CacheKey, Lookup> known = new HashMap<>();
        List<CacheKey> unknown = new ArrayList<>();
        for (CacheKey key : new LinkedHashSet<>(keys)) {
            Lookup here = here(key);
            if (here == null) {
                unknown.add(key);
            } else {
                known.put(key, here);
            }
        }
        if (unknown.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        return ask(unknown).thenApply(found -> {
            known.putAll(found);
            return known;
        });
    }

    /** What can be said without the remote cache; null: it is to be asked. */
    private @Nullable Lookup here(CacheKey key) {
        RegionFigures figures = cluster.figures().of(key.region());
        byte[] value = near.get(key);
        if (value != null) {
            figures.nearHits.increment();
            return new Lookup(value, null);
        }
        figures.nearMisses.increment();
        if (closed.get()) {
            return new Lookup(null, null);
        }
        return remote.state().up() ? null : unasked(key);
    }

    private Lookup unasked(CacheKey key) {
        return new Lookup(null, new FillLease(caches, caches.stamp(key), ticker.nanos(), null));
    }

    private CompletableFuture<Map<CacheKey, Lookup>> ask(List<CacheKey> keys) {
        CompletableFuture<Map<CacheKey, Lookup>> answer = new CompletableFuture<>();
        long[] stamps = keys.stream().mapToLong(caches::stamp).toArray();
        remote.submit(new Read(keys, (found, asked) -> {
            Map<CacheKey, Lookup> lookups = new HashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                CacheKey key = keys.get(i);
                lookups.put(key, found == null ? missed(key) : lookup(key, stamps[i], found.get(i), asked));
            }
            answers.execute(() -> answer.complete(lookups));
        }));
        return answer;
    }

    private Lookup missed(CacheKey key) {
        cluster.figures().of(key.region()).remoteErrors.increment();
        return unasked(key);
    }

    private Lookup lookup(CacheKey key, long stamp, Found found, long asked) {
        RegionFigures figures = cluster.figures().of(key.region());
        byte[] value = found.value();
        if (value == null) {
            figures.remoteMisses.increment();
            return new Lookup(null, new FillLease(caches, stamp, asked, found.lease()));
        }
        figures.remoteHits.increment();
        caches.enter(near, key, stamp, value, asked + found.leftMillis() * NANOS_PER_MILLI);
        return new Lookup(value, null);
    }

    @Override
    public void fill(CacheKey key, Lease lease, byte[] value, @Nullable Duration timeToLive) {
        if (closed.get() || !(lease instanceof FillLease given) || given.caches() != caches) {
            return;
        }
        RegionFigures figures = cluster.figures().of(key.region());
        long now = ticker.nanos();
        figures.loads.increment();
        figures.loadNanos.add(now - given.startNanos());
        long millis = millis(timeToLive);
        if (given.remote() == null) {
            boolean kept = caches.enter(near, key, given.stamp(), value, localEnd(given.startNanos(), millis));
            figures.refusedFills.add(kept ? 0 : 1);
            return;
        }
        remote.submit(new Fill(key, given.remote(), value, millis, stored -> {
            if (stored) {
                figures.remotePuts.increment();
                caches.enter(near, key, given.stamp(), value, now + millis * NANOS_PER_MILLI);
            } else {
                figures.refusedFills.increment();
            }
        }));
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, byte[] value, @Nullable Duration timeToLive) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        RegionFigures figures = cluster.figures().of(key.region());
        long stamp = caches.stamp(key);
        long now = ticker.nanos();
        long millis = millis(timeToLive);
        remote.submit(new Put(key, value, millis, stored -> {
            figures.remotePuts.add(stored ? 1 : 0);
            long end = stored ? now + millis * NANOS_PER_MILLI : localEnd(now, millis);
            caches.replace(near, key, stamp, value, end);
            answers.execute(() -> done.complete(null));
        }));
        return done;
    }

    @Override
    public CompletionStage<Void> invalidate(Collection<CacheKey> keys) {
        Set<CacheKey> dropped = Set.copyOf(keys);
        dropped.forEach(key -> cluster.figures().of(key.region()).invalidations.increment());
        return invalidated(answer -> new Invalidate(dropped, answer), () -> caches.drop(dropped));
    }

    @Override
    public CompletionStage<Void> invalidateAll() {
        return invalidated(answer -> new Invalidate(null, answer), caches::empty);
    }

    /**
     * Drops from the near caches once the remote one has dropped: what is read there before is kept out by the stamp, and
     * after it there is nothing old to read.
     */
    private CompletionStage<Void> invalidated(Function<Consumer<Boolean>, Invalidate> request, Runnable drop) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(closedFailure());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        remote.submit(request.apply(told -> {
            drop.run();
            answers.execute(() -> {
                if (told) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(closedFailure());
                }
            });
        }));
        return done;
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(
                "cache '%s/%s': closed, nothing was invalidated".formatted(settings.cluster(), settings.mode()));
    }

    private long millis(@Nullable Duration timeToLive) {
        return jitter.millis(timeToLive == null ? settings.timeToLive() : timeToLive);
    }

    /** The end of an entry that the remote cache knows nothing of. */
    private long localEnd(long startNanos, long millis) {
        Duration limit = remote.localLimit();
        long end = ticker.nanos() + millis * NANOS_PER_MILLI;
        return limit == null ? end : Math.min(end, startNanos + limit.toNanos());
    }

    CacheSettings settings() {
        return settings;
    }

    long entries() {
        return near.size();
    }

    long evictions() {
        return near.evictions();
    }

    @Override
    public Invalidated untold() {
        return remote.untold();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            caches.remove(near);
            near.close();
            cluster.closed(this);
        }
    }
}
