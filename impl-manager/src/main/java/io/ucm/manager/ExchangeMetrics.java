// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.Metric;
import io.ucm.spi.Metric.Kind;
import io.ucm.spi.MetricSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The figures of the exchanges since the start, by slot. */
@Component
public final class ExchangeMetrics implements MetricSource {

    private static final String EXCHANGES = "ucm.exchanges";
    private static final double MS_PER_SECOND = 1000;

    private final Core core;

    @Activate
    public ExchangeMetrics(@Reference(name = "core") Core core) {
        this.core = core;
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        core.exchanges().totals().forEach((slot, total) -> add(metrics, slot, total));
        return metrics;
    }

    private static void add(List<Metric> metrics, String slot, ExchangeTotal total) {
        Map<String, String> tags = Map.of("slot", slot);
        total.outcomes()
                .forEach((outcome, count) -> metrics.add(new Metric(
                        EXCHANGES,
                        Map.of("slot", slot, "outcome", outcome.name().toLowerCase(Locale.ROOT)),
                        Kind.COUNTER,
                        count)));
        metrics.add(new Metric(EXCHANGES + ".drained", tags, Kind.COUNTER, total.drained()));
        metrics.add(new Metric(EXCHANGES + ".aborted", tags, Kind.COUNTER, total.aborted()));
        metrics.add(new Metric(EXCHANGES + ".parked", tags, Kind.COUNTER, total.parked()));
        metrics.add(
                new Metric(EXCHANGES + ".longest.gap.seconds", tags, Kind.GAUGE, total.longestGapMs() / MS_PER_SECOND));
        metrics.add(new Metric(
                EXCHANGES + ".longest.wait.seconds", tags, Kind.GAUGE, total.longestWaitMs() / MS_PER_SECOND));
    }
}
