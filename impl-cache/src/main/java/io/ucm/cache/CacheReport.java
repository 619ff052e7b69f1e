// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.shell.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The caches' figures for the shell. Prints as tables. Never names a key. */
record CacheReport(List<ClusterReport> clusters) {

    record ClusterReport(String cluster, RedisReport redis, List<ModeReport> modes, List<RegionReport> regions) {

        static ClusterReport of(ClusterCache cluster, String region) {
            return new ClusterReport(
                    cluster.name(),
                    RedisReport.of(cluster.remote()),
                    cluster.modes().stream().map(ModeReport::of).toList(),
                    cluster.figures().all().entrySet().stream()
                            .filter(entry -> region.isEmpty() || entry.getKey().equals(region))
                            .map(RegionReport::of)
                            .toList());
        }
    }

    /** @param since ISO 8601 */
    record RedisReport(
            String state,
            @Nullable String address,
            String since,
            @Nullable String reason,
            int pendingInvalidations) {

        static RedisReport of(RemoteCache remote) {
            RemoteState state = remote.state();
            return new RedisReport(
                    state.kind().name(), state.address(), state.since().toString(), state.reason(), remote.missed());
        }
    }

    record ModeReport(String mode, long entries, int maxEntries, long ttlMs) {

        static ModeReport of(TwoLevels mode) {
            return new ModeReport(
                    mode.settings().mode(),
                    mode.entries(),
                    mode.settings().nearEntries(),
                    mode.settings().timeToLive().toMillis());
        }
    }

    record RegionReport(
            String region, NearReport l1, RemoteReport l2, long loads, long refusedFills, long invalidations) {

        static RegionReport of(Map.Entry<String, RegionFigures> entry) {
            RegionFigures figures = entry.getValue();
            return new RegionReport(
                    entry.getKey(),
                    new NearReport(figures.nearHits.sum(), figures.nearMisses.sum()),
                    new RemoteReport(
                            figures.remoteHits.sum(),
                            figures.remoteMisses.sum(),
                            figures.remotePuts.sum(),
                            figures.remoteErrors.sum()),
                    figures.loads.sum(),
                    figures.refusedFills.sum(),
                    figures.invalidations.sum());
        }
    }

    record NearReport(long hits, long misses) {}

    /** @param errors questions that it could not answer */
    record RemoteReport(long hits, long misses, long puts, long errors) {}

    /** Of one cluster and one region, or of all where they are empty. Throws for one that is not there. */
    static CacheReport of(List<ClusterCache> all, String cluster, String region) {
        List<ClusterCache> chosen = all.stream()
                .filter(candidate -> cluster.isEmpty() || candidate.name().equals(cluster))
                .toList();
        if (!cluster.isEmpty() && chosen.isEmpty()) {
            throw new IllegalArgumentException("no cluster '%s' has a cache; there are: %s"
                    .formatted(cluster, all.stream().map(ClusterCache::name).toList()));
        }
        Set<String> regions = chosen.stream()
                .flatMap(candidate -> candidate.figures().all().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        if (!region.isEmpty() && !regions.contains(region)) {
            throw new IllegalArgumentException("no region '%s' was used; there are: %s".formatted(region, regions));
        }
        return new CacheReport(chosen.stream()
                .map(candidate -> ClusterReport.of(candidate, region))
                .toList());
    }

    @Override
    public String toString() {
        Table redis = new Table("cluster", "redis", "address", "since", "pending", "reason");
        Table modes = new Table("cluster", "mode", "entries", "max", "ttl ms");
        Table regions = new Table(
                "cluster",
                "region",
                "l1 hits",
                "misses",
                "l2 hits",
                "misses",
                "puts",
                "errors",
                "loads",
                "refused",
                "invalidations");
        for (ClusterReport cluster : clusters) {
            RedisReport r = cluster.redis();
            redis.row(cluster.cluster(), r.state(), r.address(), r.since(), r.pendingInvalidations(), r.reason());
            cluster.modes()
                    .forEach(m -> modes.row(cluster.cluster(), m.mode(), m.entries(), m.maxEntries(), m.ttlMs()));
            cluster.regions()
                    .forEach(g -> regions.row(
                            cluster.cluster(),
                            g.region(),
                            g.l1().hits(),
                            g.l1().misses(),
                            g.l2().hits(),
                            g.l2().misses(),
                            g.l2().puts(),
                            g.l2().errors(),
                            g.loads(),
                            g.refusedFills(),
                            g.invalidations()));
        }
        return clusters.isEmpty()
                ? "no cache is open"
                : Stream.of(redis, modes, regions)
                        .filter(table -> !table.isEmpty())
                        .map(Table::toString)
                        .collect(Collectors.joining("\n\n"));
    }
}
