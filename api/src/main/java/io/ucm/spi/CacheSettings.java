// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.time.Duration;

/**
 * What the levels of one manager are to be.
 *
 * @param cluster entries of one cluster are shared by all its modes where a level is shared
 * @param nearEntries how many entries the level in the process holds
 * @param timeToLive of an entry that brings none of its own, less some jitter
 */
public record CacheSettings(String cluster, String mode, int nearEntries, Duration timeToLive) {}
