// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Reads from the database what a cache does not have. Runs like {@link SqlWork}, in a read-only transaction. */
@ConsumerType
@FunctionalInterface
public interface CacheLoader<V> {

    /** Null when there is no such value: the caller gets null, and nothing is cached. */
    @Nullable
    V load(Connection connection, String key) throws Exception;
}
