// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthComponent;
import io.ucm.api.HealthReport;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.HealthSource;
import io.ucm.spi.MetricSource;
import io.ucm.spi.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Fills the slot {@code health}: the checks and the meters of everything that is there. Thread-safe. */
@Component(
        service = {HealthMonitor.class, Health.class},
        immediate = true)
public final class Health implements HealthMonitor {

    /** Within the 5 s of {@link ConnectionManager#healthCheck}, and longer than a role's deadline. */
    static final Duration LIMIT = Duration.ofSeconds(4);

    private final Checks checks = new Checks(System::nanoTime);
    private final Meters meters = new Meters();
    private final ComponentEntries entries = new ComponentEntries();
    private final Sources<MetricSource> metricSources = new Sources<>();

    @Activate
    public Health() {
        // Its references come and go.
    }

    @Deactivate
    void deactivate() {
        checks.close();
        meters.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindManager(ConnectionManager service, ServiceReference<ConnectionManager> reference) {
        checks.addManager(reference, service);
    }

    void unbindManager(ServiceReference<ConnectionManager> reference) {
        checks.removeManager(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindHealthSource(HealthSource service, ServiceReference<HealthSource> reference) {
        checks.addSource(reference, service);
    }

    void unbindHealthSource(ServiceReference<HealthSource> reference) {
        checks.removeSource(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMetricSource(MetricSource service, ServiceReference<MetricSource> reference) {
        metricSources.add(reference, service);
    }

    void unbindMetricSource(ServiceReference<MetricSource> reference) {
        metricSources.remove(reference);
    }

    ComponentEntries entries() {
        return entries;
    }

    @Override
    public CompletionStage<HealthReport> check(String cluster, String mode) {
        long began = System.nanoTime();
        return checks.of(cluster, mode, LIMIT)
                .thenApply(components -> HealthReport.of(components, Duration.ofNanos(System.nanoTime() - began)));
    }

    @Override
    public void ended(Operation operation) {
        meters.ended(operation);
    }

    /** Everything of that kind, within the limit. Never fails. */
    CompletableFuture<List<HealthComponent>> components(Kind kind, Duration limit) {
        return checks.of(kind, limit);
    }

    /** All figures now, by name and tags. */
    MetricsReport metrics() {
        return Scrape.of(meters, checks.managers(), metricSources);
    }
}
