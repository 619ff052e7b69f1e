// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheLevels.Invalidated;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The level that the containers of one cluster share. Thread-safe; nothing blocks. */
interface RemoteCache extends AutoCloseable {

    /** Answers at once what it can't do now: nobody waits for a Redis that is away. */
    void submit(Request request);

    RemoteState state();

    /** How many invalidations it has to tell Redis when it is back. */
    int missed();

    /** What these are, for who comes after it was closed. */
    Invalidated untold();

    /** How long an entry may live in the process without the consent of this level; null: as long as it likes. */
    @Nullable
    Duration localLimit();

    /** Ends its threads, and fails the invalidations that are still under way. Idempotent. */
    @Override
    void close();
}
