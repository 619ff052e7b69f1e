// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** Opens caches: the service by which an implementation fills the slot {@code cache}. Thread-safe. */
@ConsumerType
@FunctionalInterface
public interface CacheLevelsFactory {

    /** The levels of one manager. Does not block: what needs a connection is made in the background. */
    CacheLevels open(CacheSettings settings);
}
