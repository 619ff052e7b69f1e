// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.settings.Attributes;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.CacheSettings;
import io.ucm.spi.HealthSource;
import io.ucm.spi.Metric;
import io.ucm.spi.MetricSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the slot {@code cache} with Ehcache and Redis, and says how they are. Thread-safe: its map is guarded by its
 * monitor, under which nothing blocks. Never fails because of its configuration: one that is refused leaves the caches
 * without Redis, and the log, {@code ucm:cache} and the health report say why.
 */
@Component(
        configurationPid = Caches.PID,
        // Else it would end, and all that it opened, whenever nobody holds one of its services.
        immediate = true,
        service = {Caches.class, CacheLevelsFactory.class, HealthSource.class, MetricSource.class})
@Designate(ocd = RedisConfig.class)
public final class Caches implements CacheLevelsFactory, HealthSource, MetricSource {

    static final String PID = "io.ucm.redis";

    private static final Logger LOG = LoggerFactory.getLogger(Caches.class);

    private final Ticker ticker = System::nanoTime;
    private final Jitter jitter = new Jitter(() -> ThreadLocalRandom.current().nextDouble());
    private final Answers answers = new Answers();
    private final BiFunction<String, NearCaches, RemoteCache> remotes;
    private final Map<String, ClusterCache> clusters = new TreeMap<>();
    private boolean closed;

    @Activate
    public Caches(RedisConfig config, Map<String, Object> properties) {
        this.remotes = remotes(config, properties);
    }

    private BiFunction<String, NearCaches, RemoteCache> remotes(RedisConfig config, Map<String, Object> properties) {
        if (!properties.containsKey(Constants.SERVICE_PID)) {
            return (cluster, near) -> AbsentRemoteCache.notConfigured();
        }
        try {
            Attributes.check(RedisConfig.class, properties);
            RedisSettings settings = RedisSettings.of(config);
            return (cluster, near) -> new JedisRemoteCache(cluster, settings, near, ticker);
        } catch (IllegalArgumentException e) {
            String why = "configuration %s: %s".formatted(PID, e.getMessage());
            LOG.error("{}: rejected, the caches go without Redis", why);
            return (cluster, near) -> AbsentRemoteCache.refused(why);
        }
    }

    @Override
    public synchronized CacheLevels open(CacheSettings settings) {
        if (closed) {
            throw new IllegalStateException(
                    "cache '%s/%s': the bundle has stopped".formatted(settings.cluster(), settings.mode()));
        }
        return clusters.computeIfAbsent(settings.cluster(), name -> new ClusterCache(name, remotes, this::released))
                .open(settings, jitter, ticker, answers);
    }

    private void released(TwoLevels mode) {
        ClusterCache empty;
        synchronized (this) {
            ClusterCache cluster = clusters.get(mode.settings().cluster());
            if (cluster == null || !cluster.modes().isEmpty()) {
                return;
            }
            empty = clusters.remove(mode.settings().cluster());
        }
        empty.close();
    }

    /** Those that are open, by name. */
    synchronized List<ClusterCache> clusters() {
        return List.copyOf(clusters.values());
    }

    @Override
    public List<Finding> health() {
        return RedisHealth.of(clusters());
    }

    @Override
    public List<Metric> metrics() {
        return CacheMetrics.of(clusters());
    }

    @Deactivate
    void close() {
        List<ClusterCache> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(clusters.values());
        }
        open.forEach(cluster -> cluster.modes().forEach(TwoLevels::close));
        answers.close();
    }
}
