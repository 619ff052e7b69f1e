// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;

/** A component in a log of Felix, which shows it as text and passes it on as it is. Immutable. */
final class ComponentEntry extends ResultLog.Entry {

    private final HealthComponent component;

    ComponentEntry(HealthComponent component) {
        super(Result.Status.valueOf(component.status().name()), text(component));
        this.component = component;
    }

    HealthComponent component() {
        return component;
    }

    private static String text(HealthComponent component) {
        return component.reason() == null ? component.name() : component.name() + ": " + component.reason();
    }
}
