// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a command makes of a status: what answers 503 or 500 over HTTP fails in the shell. */
final class Outcome {

    private Outcome() {}

    static HealthStatus worst(Collection<HealthComponent> components) {
        return components.stream().map(HealthComponent::status).reduce(HealthStatus.OK, HealthStatus::and);
    }

    static boolean fails(HealthStatus status) {
        return status.compareTo(HealthStatus.TEMPORARILY_UNAVAILABLE) >= 0;
    }

    /** Prints and throws when something fails, naming it. */
    static Object printed(Object printed, String what, List<HealthComponent> components) {
        if (!fails(worst(components))) {
            return printed;
        }
        System.out.println(printed);
        throw new IllegalStateException(what + " is " + worst(components) + ": "
                + components.stream()
                        .filter(c -> fails(c.status()))
                        .map(c -> c.name() + ": " + c.reason())
                        .collect(Collectors.joining("; ")));
    }
}
