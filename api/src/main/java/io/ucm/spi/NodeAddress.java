// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/**
 * Where one node is.
 *
 * @param id the name it has in the configuration, unique in its cluster
 */
public record NodeAddress(String id, String host, int port) {

    /** What errors call it: {@code n1 (host:port)}. */
    @Override
    public String toString() {
        return "%s (%s:%d)".formatted(id, host, port);
    }
}
