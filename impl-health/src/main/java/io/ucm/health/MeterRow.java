// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One figure, or the figures of one timer in seconds, as they are printed.
 *
 * @param values by statistic; null where there is no number
 */
record MeterRow(String name, String type, SortedMap<String, String> tags, Map<String, @Nullable Number> values) {

    static MeterRow value(String name, String type, Map<String, String> tags, double value) {
        Map<String, @Nullable Number> values = new TreeMap<>();
        values.put("value", Figures.printable(value));
        return new MeterRow(name, type, new TreeMap<>(tags), values);
    }

    /** What tells it from all others. */
    String id() {
        return name + tags;
    }
}
