// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.ucm.api.ConnectionManager;
import io.ucm.api.PoolStats;
import io.ucm.spi.Metric;
import io.ucm.spi.MetricSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All figures as they are now: what is kept here, what the pools are asked for, and what other bundles bring. */
final class Scrape {

    private Scrape() {}

    /** Of two with the same name and tags the first counts, in that order. */
    static MetricsReport of(Meters meters, Collection<ConnectionManager> managers, Sources<MetricSource> sources) {
        List<MeterRow> rows = new ArrayList<>();
        meters.all().forEach(meter -> rows.add(kept(meter)));
        managers.forEach(manager -> pool(manager, rows));
        sources.ask(MetricSource::metrics, (source, failure) -> List.<Metric>of())
                .forEach(metric -> rows.add(brought(metric)));
        Map<String, MeterRow> distinct = new TreeMap<>();
        rows.forEach(row -> distinct.putIfAbsent(row.id(), row));
        return new MetricsReport(List.copyOf(distinct.values()));
    }

    private static MeterRow kept(Meter meter) {
        Map<String, String> tags = new TreeMap<>();
        meter.getId().getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        String name = meter.getId().getName();
        if (meter instanceof Timer timer) {
            Map<String, @Nullable Number> values = new LinkedHashMap<>();
            values.put("count", timer.count());
            values.put("sum", Figures.printable(timer.totalTime(TimeUnit.SECONDS)));
            values.put("max", Figures.printable(timer.max(TimeUnit.SECONDS)));
            return new MeterRow(name, "timer", new TreeMap<>(tags), values);
        }
        return MeterRow.value(name, "counter", tags, ((Counter) meter).count());
    }

    private static void pool(ConnectionManager manager, List<MeterRow> rows) {
        PoolStats stats = manager.pool();
        String pool = manager.cluster() + "/" + manager.mode().name();
        rows.add(count(pool, "idle", stats.idle()));
        rows.add(count(pool, "used", stats.active()));
        Map<String, String> tags = Map.of(Meters.POOL, pool);
        rows.add(MeterRow.value("db.client.connection.max", "gauge", tags, stats.max()));
        rows.add(MeterRow.value("db.client.connection.pending_requests", "gauge", tags, stats.pending()));
    }

    private static MeterRow count(String pool, String state, int connections) {
        return MeterRow.value(
                "db.client.connection.count",
                "gauge",
                Map.of(Meters.POOL, pool, "db.client.connection.state", state),
                connections);
    }

    private static MeterRow brought(Metric metric) {
        return MeterRow.value(
                metric.name(), metric.kind().name().toLowerCase(Locale.ROOT), metric.tags(), metric.value());
    }
}
