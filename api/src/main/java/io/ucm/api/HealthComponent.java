// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was checked.
 *
 * @param name what it is, such as {@code pool main/ASYNC_MODERN}
 * @param reason why the status is not {@link HealthStatus#OK}; null when it is
 * @param figures what was measured, by name; a unit is the last part of the name
 */
public record HealthComponent(
        String name, HealthStatus status, @Nullable String reason, Map<String, Number> figures) {

    public HealthComponent {
        figures = Map.copyOf(figures);
    }
}
