// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.jspecify.annotations.Nullable;

/**
 * Components in a log of Felix, which shows them as text, and the way back. The entries are Felix's own, because it keeps a
 * result that was not OK for ever, and with it the classes of what is in it. Thread-safe.
 */
final class ComponentEntries {

    /** An entry equals itself only. */
    private final Map<ResultLog.Entry, HealthComponent> components = Collections.synchronizedMap(new WeakHashMap<>());

    ResultLog.Entry of(HealthComponent component) {
        ResultLog.Entry entry =
                new ResultLog.Entry(Result.Status.valueOf(component.status().name()), text(component));
        components.put(entry, component);
        return entry;
    }

    /** The component that the entry was made of; null: it was not made here. */
    @Nullable
    HealthComponent in(ResultLog.Entry entry) {
        return components.get(entry);
    }

    private static String text(HealthComponent component) {
        return component.reason() == null ? component.name() : component.name() + ": " + component.reason();
    }
}
