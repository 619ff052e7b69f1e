// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.time.Duration;

/**
 * What a pool is to be.
 *
 * @param name for messages and threads, such as {@code orders/MCP_SERVER}
 * @param size connections that it holds open, and the most that it opens, until it is resized
 * @param keepalive how long a connection is idle before the pool asks it for a sign of life; zero: for ever
 */
public record PoolSettings(String name, int size, Duration keepalive) {

    public PoolSettings {
        if (size < 1) {
            throw new IllegalArgumentException("pool '" + name + "': size " + size + ": must be at least 1");
        }
    }
}
