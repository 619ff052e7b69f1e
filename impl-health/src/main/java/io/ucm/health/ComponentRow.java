// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A component as it is printed. */
record ComponentRow(
        String name, HealthStatus status, @Nullable String reason, SortedMap<String, @Nullable Number> figures) {

    static ComponentRow of(HealthComponent component) {
        SortedMap<String, @Nullable Number> figures = new TreeMap<>();
        component.figures().forEach((name, figure) -> figures.put(name, Figures.printable(figure)));
        return new ComponentRow(component.name(), component.status(), component.reason(), figures);
    }

    String figuresAsText() {
        return figures.entrySet().stream()
                .map(figure -> figure.getKey() + "=" + figure.getValue())
                .collect(Collectors.joining(" "));
    }
}
