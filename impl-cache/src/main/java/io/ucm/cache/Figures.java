// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What was counted for each region of one cluster. Thread-safe. Regions beyond the limit are counted together. */
final class Figures {

    static final String OTHER = "(other)";

    private final int limit;
    private final Map<String, RegionFigures> regions = new ConcurrentHashMap<>();

    Figures(int limit) {
        this.limit = limit;
    }

    RegionFigures of(String region) {
        RegionFigures known = regions.get(region);
        return known != null
                ? known
                : regions.computeIfAbsent(regions.size() < limit ? region : OTHER, name -> new RegionFigures());
    }

    /** By name. */
    Map<String, RegionFigures> all() {
        return new TreeMap<>(regions);
    }
}
