// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.cache.Request.Fill;
import io.ucm.cache.Request.Invalidate;
import io.ucm.cache.Request.Put;
import io.ucm.cache.Request.Read;
import io.ucm.spi.CacheLevels.Invalidated;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote cache of one cluster in Redis. Thread-safe. A thread of its own takes what waits, sends it together and reads
 * the answers; while Redis is away it looks for it.
 *
 * <p>Invariants, all guarded by this object's monitor: requests wait only while it is up; what is invalidated while it is
 * away is among the missed; and it comes up only when nothing is missed, so Redis never answers from before an invalidation
 * of this process. Whenever it goes or comes the near caches are emptied, since in between nobody said what others changed.
 */
final class JedisRemoteCache implements RemoteCache {

    private static final Logger LOG = LoggerFactory.getLogger(JedisRemoteCache.class);
    private static final int MAX_BATCH = 128;
    /** Reads and fills; the others are kept, because they must not be lost, and for a time-out at most. */
    private static final int MAX_WAITING = 10_000;

    private static final int MAX_MISSED = 10_000;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 1_000;
    private static final long END_LIMIT_MILLIS = 2_000;

    private final String cluster;
    private final RedisSettings settings;
    private final Keys keys;
    private final NearCaches near;
    private final Ticker ticker;
    private final Thread thread;
    private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final MissedInvalidations missed = new MissedInvalidations(MAX_MISSED);
    private volatile RemoteState state;
    /** The one that is connecting or serves. */
    private @Nullable RedisSession session;

    JedisRemoteCache(String cluster, RedisSettings settings, NearCaches near, Ticker ticker) {
        this.cluster = cluster;
        this.settings = settings;
        this.keys = new Keys(cluster);
        this.near = near;
        this.ticker = ticker;
        this.state = state(RemoteState.Kind.AWAY, "not connected yet");
        this.thread = new Thread(this::run, "ucm-cache-redis-" + cluster);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void submit(Request request) {
        if (!takes(request)) {
            refuse(request);
        }
    }

    private synchronized boolean takes(Request request) {
        boolean optional = request instanceof Read || request instanceof Fill;
        if (ended() || !state.up() || optional && waiting.size() >= MAX_WAITING) {
            remember(request);
            return false;
        }
        return waiting.add(request);
    }

    /** Called with the monitor held. */
    private void remember(Request request) {
        if (request instanceof Put put) {
            missed.add(List.of(put.key()));
        } else if (request instanceof Invalidate invalidate && invalidate.keys() != null) {
            missed.add(invalidate.keys());
        } else if (request instanceof Invalidate) {
            missed.addAll();
        }
    }

    private void refuse(Request request) {
        if (request instanceof Read read) {
            read.answer().accept(null, 0L);
        } else if (request instanceof Fill fill) {
            fill.answer().accept(false);
        } else if (request instanceof Put put) {
            put.answer().accept(false);
        } else if (request instanceof Invalidate invalidate) {
            invalidate.answer().accept(!ended());
        }
    }

    private void run() {
        long retry = FIRST_RETRY_MILLIS;
        while (!ended()) {
            try (RedisSession opened = new RedisSession(settings, keys, near, ticker, this::lost)) {
                begin(opened);
                opened.connect("ucm-cache-tracking-" + cluster);
                near.empty();
                while (!comesUp(opened)) {
                    exchange(opened, List.of(invalidationOfMissed()));
                    told();
                }
                LOG.info("cache '{}': Redis {} is there", cluster, settings.address());
                retry = FIRST_RETRY_MILLIS;
                while (!ended()) {
                    exchange(opened, next());
                }
            } catch (InterruptedException e) {
                // The end was interrupted for.
            } catch (RuntimeException | Error e) {
                away(Failure.describe(e));
            }
            pause(retry);
            retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
        }
    }

    private void pause(long millis) {
        try {
            end.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Only the end interrupts.
        }
    }

    private synchronized void begin(RedisSession opened) {
        session = opened;
        if (ended()) {
            opened.close();
        }
    }

    private synchronized boolean comesUp(RedisSession opened) {
        if (opened.over() != null) {
            throw new IllegalStateException(opened.over());
        }
        if (missed.isEmpty()) {
            state = state(RemoteState.Kind.UP, null);
        }
        return missed.isEmpty();
    }

    private synchronized Request invalidationOfMissed() {
        Invalidated taken = missed.take();
        return new Invalidate(taken.all() ? null : taken.keys(), done -> {});
    }

    private synchronized void told() {
        missed.told();
    }

    /** What waits; nothing after a beat. */
    private List<Request> next() throws InterruptedException {
        List<Request> batch = new ArrayList<>();
        Request first = waiting.poll(RedisSession.BEAT_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            waiting.drainTo(batch, MAX_BATCH - 1);
        }
        return batch;
    }

    private void exchange(RedisSession opened, List<Request> batch) {
        List<? extends Request> open = batch;
        try {
            List<Fill> accepted = opened.ask(batch);
            open = accepted;
            opened.store(accepted);
        } catch (RuntimeException | Error e) {
            away(Failure.describe(e));
            giveBack(open);
            throw e;
        }
    }

    private void giveBack(List<? extends Request> requests) {
        synchronized (this) {
            requests.forEach(this::remember);
        }
        requests.forEach(this::refuse);
    }

    /** Told by the thread that listens, which notices first. */
    private void lost(RedisSession lost) {
        away(lost, String.valueOf(lost.over()));
    }

    private void away(String reason) {
        away(null, reason);
    }

    /** @param only does nothing for another session than this; null: whichever it is */
    private void away(@Nullable RedisSession only, String reason) {
        boolean fell;
        boolean news;
        List<Request> refused = new ArrayList<>();
        synchronized (this) {
            if (only != null && only != session) {
                return;
            }
            fell = state.up();
            news = fell || !reason.equals(state.reason());
            state = fell ? state(RemoteState.Kind.AWAY, reason) : state.because(reason);
            waiting.drainTo(refused);
            refused.forEach(this::remember);
        }
        if (fell) {
            near.empty();
        }
        refused.forEach(this::refuse);
        if (news && !ended()) {
            LOG.warn(
                    "cache '{}': Redis {} is away: {}; what is in the process and the database serve",
                    cluster,
                    settings.address(),
                    reason);
        }
    }

    private RemoteState state(RemoteState.Kind kind, @Nullable String reason) {
        return new RemoteState(kind, settings.address(), Instant.now(), reason);
    }

    @Override
    public RemoteState state() {
        return state;
    }

    @Override
    public synchronized int missed() {
        return missed.size();
    }

    @Override
    public synchronized Invalidated untold() {
        return missed.untold();
    }

    @Override
    public Duration localLimit() {
        return settings.awayTimeToLive();
    }

    private boolean ended() {
        return end.getCount() == 0;
    }

    @Override
    public void close() {
        RedisSession last;
        synchronized (this) {
            if (ended()) {
                return;
            }
            end.countDown();
            last = session;
        }
        if (last != null) {
            last.close();
        }
        thread.interrupt();
        try {
            thread.join(END_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        away("closed");
        if (missed() > 0) {
            LOG.warn(
                    "cache '{}': Redis {} was not told of {} invalidations: unless a cache is opened again here, others"
                            + " may find what was there before until its time is over",
                    cluster,
                    settings.address(),
                    missed());
        }
    }
}
