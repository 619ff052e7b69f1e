// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.util.Map;

/**
 * One figure.
 *
 * @param name such as {@code db.client.connection.count}
 * @param tags never a key or another value without bound
 */
public record Metric(String name, Map<String, String> tags, Kind kind, double value) {

    /** How a figure moves. */
    public enum Kind {
        /** Up and down. */
        GAUGE,
        /** Only up, from the start of whoever counts. */
        COUNTER
    }

    public Metric {
        tags = Map.copyOf(tags);
    }
}
