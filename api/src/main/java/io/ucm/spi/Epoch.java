// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.util.Map;

/**
 * The history that a cluster's writes belong to.
 *
 * @param systemId the system identifier of its data, as the server prints it
 * @param timeline the highest timeline that a primary of it was seen on
 * @param ends where the earlier timelines of that history were left, by timeline, as positions in the write-ahead log: what
 *     was written beyond is lost. Without those that are not known
 */
public record Epoch(String systemId, int timeline, Map<Integer, Long> ends) {

    public Epoch {
        ends = Map.copyOf(ends);
    }
}
