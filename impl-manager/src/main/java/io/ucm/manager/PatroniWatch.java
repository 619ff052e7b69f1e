// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.RoleExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Patroni every two seconds for the members of each cluster that has one, and on demand; says when they changed.
 * Thread-safe; each cluster is asked once at a time, on a background thread.
 */
final class PatroniWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PatroniWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Threads threads;
    private final PatroniApi api;
    private final PatroniMembers members;
    private final Supplier<Map<String, ClusterSettings>> clusters;
    private final Function<String, @Nullable NodeAddress> serving;
    private final Runnable changed;
    private final Set<String> asking = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> schedule;

    /**
     * @param clusters those that are configured with Patroni, by name
     * @param serving who takes the writes of a cluster; null while nobody does
     * @param changed called outside any lock, on a background thread
     */
    PatroniWatch(
            Threads threads,
            PatroniMembers members,
            Supplier<Map<String, ClusterSettings>> clusters,
            Function<String, @Nullable NodeAddress> serving,
            Runnable changed) {
        this.threads = threads;
        this.api = new PatroniApi(threads.background());
        this.members = members;
        this.clusters = clusters;
        this.serving = serving;
        this.changed = changed;
        this.schedule = threads.timer()
                .scheduleWithFixedDelay(this::askSoon, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks now, elsewhere. Where a question is out already, that will do. */
    void askSoon() {
        Map<String, ClusterSettings> now = clusters.get();
        members.retain(now.keySet());
        now.forEach((name, cluster) -> {
            if (asking.add(name)) {
                try {
                    threads.background().execute(() -> ask(cluster));
                } catch (RejectedExecutionException e) {
                    // The bundle stops.
                    asking.remove(name);
                }
            }
        });
    }

    /** Asks for an exchange of roles with what is configured when it is asked. */
    RoleExchange exchange(String cluster) {
        return new PatroniExchange(api, () -> clusters.get().get(cluster));
    }

    private void ask(ClusterSettings cluster) {
        String name = cluster.name();
        try {
            PatroniAnswer answer = api.cluster(cluster.patroni());
            if (members.learn(name, answer, serving.apply(name))) {
                LOG.info("cluster '{}': Patroni names the nodes {}", name, answer.members());
                changed.run();
            }
        } catch (IOException e) {
            if (members.failed(name, String.valueOf(e.getMessage()))) {
                LOG.warn("cluster '{}': Patroni could not be asked for its members: {}", name, e.getMessage());
                changed.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("cluster '{}': Patroni's answer could not be used", name, e);
        } finally {
            asking.remove(name);
        }
    }

    void close() {
        schedule.cancel(false);
        api.close();
    }
}
