// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.time.Duration;
import java.util.List;

/**
 * What a health check found.
 *
 * @param status the worst of its components
 */
public record HealthReport(HealthStatus status, List<HealthComponent> components, Duration elapsed) {

    public HealthReport {
        components = List.copyOf(components);
    }

    /** A report of these components. */
    public static HealthReport of(List<HealthComponent> components, Duration elapsed) {
        return new HealthReport(
                components.stream().map(HealthComponent::status).reduce(HealthStatus.OK, HealthStatus::and),
                components,
                elapsed);
    }
}
