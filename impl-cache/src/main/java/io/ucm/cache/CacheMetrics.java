// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.Metric;
import io.ucm.spi.Metric.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The caches' figures under Micrometer's names. */
final class CacheMetrics {

    private static final String NEAR = "l1";
    private static final String REMOTE = "l2";

    private final List<Metric> metrics = new ArrayList<>();

    private CacheMetrics() {}

    static List<Metric> of(List<ClusterCache> clusters) {
        CacheMetrics all = new CacheMetrics();
        for (ClusterCache cluster : clusters) {
            cluster.modes().forEach(mode -> all.mode(cluster.name(), mode));
            cluster.figures().all().forEach((region, figures) -> all.region(cluster.name(), region, figures));
        }
        return all.metrics;
    }

    private void mode(String cluster, TwoLevels mode) {
        Map<String, String> tags =
                Map.of("cluster", cluster, "mode", mode.settings().mode(), "level", NEAR);
        metrics.add(new Metric("cache.size", tags, Kind.GAUGE, mode.entries()));
        metrics.add(new Metric("cache.evictions", tags, Kind.COUNTER, mode.evictions()));
    }

    private void region(String cluster, String region, RegionFigures figures) {
        gets(cluster, region, NEAR, figures.nearHits, figures.nearMisses);
        gets(cluster, region, REMOTE, figures.remoteHits, figures.remoteMisses);
        Map<String, String> tags = Map.of("cluster", cluster, "region", region);
        count("cache.puts", Map.of("cluster", cluster, "region", region, "level", REMOTE), figures.remotePuts);
        count("cache.invalidations", tags, figures.invalidations);
        count("cache.load.duration.count", tags, figures.loads);
        metrics.add(new Metric(
                "cache.load.duration.sum",
                tags,
                Kind.COUNTER,
                figures.loadNanos.sum() / (double) TimeUnit.SECONDS.toNanos(1)));
    }

    private void gets(String cluster, String region, String level, LongAdder hits, LongAdder misses) {
        count("cache.gets", Map.of("cluster", cluster, "region", region, "level", level, "result", "hit"), hits);
        count("cache.gets", Map.of("cluster", cluster, "region", region, "level", level, "result", "miss"), misses);
    }

    private void count(String name, Map<String, String> tags, LongAdder counted) {
        metrics.add(new Metric(name, tags, Kind.COUNTER, counted.sum()));
    }
}
