// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.time.Duration;

/**
 * What a pool is to be.
 *
 * @param name for messages and threads, such as {@code orders/MCP_SERVER}
 * @param size connections that it holds open, and the most that it opens
 * @param maxLifetime when a connection is replaced by a new one, less some jitter
 */
public record PoolSettings(String name, int size, Duration maxLifetime) {

    public PoolSettings {
        if (size < 1) {
            throw new IllegalArgumentException("pool '" + name + "': size " + size + ": must be at least 1");
        }
    }
}
