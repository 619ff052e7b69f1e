// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthReport;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the managers tell and ask the part in the slot {@code health}, if there is one. Thread-safe; never blocks. What
 * goes wrong with that part reaches no call.
 */
final class Monitoring {

    private static final Logger LOG = LoggerFactory.getLogger(Monitoring.class);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private record Serving(Part<HealthMonitor> part, Instant since) {}

    private final Answers answers;
    private volatile @Nullable Serving serving;

    Monitoring(Answers answers) {
        this.answers = answers;
    }

    /** Uses what the slot has from now on. */
    synchronized void use(Slot<HealthMonitor> slot) {
        Part<HealthMonitor> part = slot.best().orElse(null);
        Serving now = serving;
        if (part == null) {
            serving = null;
        } else if (now == null || !now.part().reference().equals(part.reference())) {
            serving = new Serving(part, Instant.now());
        }
    }

    /** Since when a part serves; null while none does. */
    @Nullable
    Instant since() {
        Serving now = serving;
        return now == null ? null : now.since();
    }

    /** Whether somebody listens. */
    boolean measures() {
        return serving != null;
    }

    void ended(Operation operation) {
        Serving now = serving;
        if (now != null) {
            try {
                now.part().service().ended(operation);
            } catch (RuntimeException | LinkageError e) {
                LOG.debug("{} did not take a measurement", now.part(), e);
            }
        }
    }

    /** Completes within 5 s. */
    CompletionStage<HealthReport> check(ManagerKey key) {
        Serving now = serving;
        if (now == null) {
            return CompletableFuture.completedFuture(report(
                    HealthStatus.WARN,
                    "nothing was checked: no health implementation is installed (the slot 'health' is empty)"));
        }
        return answers.to(() -> now.part().service().check(key.cluster(), key.mode()), LIMIT)
                .exceptionally(failure -> failed(now, failure));
    }

    private static HealthReport failed(Serving by, Throwable failure) {
        return report(HealthStatus.HEALTH_CHECK_ERROR, by.part() + " did not answer: " + failure);
    }

    private static HealthReport report(HealthStatus status, String reason) {
        return HealthReport.of(List.of(new HealthComponent("health", status, reason, Map.of())), Duration.ZERO);
    }
}
