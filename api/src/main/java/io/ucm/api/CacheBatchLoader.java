// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.Connection;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Reads from the database what a cache does not have, many keys at once. Runs like {@link CacheLoader}. */
@ConsumerType
@FunctionalInterface
public interface CacheBatchLoader<V> {

    /** The values that there are, by key; keys that are left out have none. */
    Map<String, V> load(Connection connection, Set<String> keys) throws Exception;
}
