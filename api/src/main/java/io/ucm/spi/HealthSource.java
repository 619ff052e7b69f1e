// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import io.ucm.api.HealthComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** A bundle that says how its own parts are: a service of which there may be many. Thread-safe. */
@ConsumerType
@FunctionalInterface
public interface HealthSource {

    /**
     * What is known of one part.
     *
     * @param cluster whose part it is; null: everybody's
     * @param mode whose part it is; null: all modes'
     */
    record Finding(@Nullable String cluster, @Nullable String mode, HealthComponent component) {}

    /** What is known now. Does not block: no question goes out for it. */
    List<Finding> health();
}
