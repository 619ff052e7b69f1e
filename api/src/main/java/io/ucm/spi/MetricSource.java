// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A bundle that has figures of its own: a service of which there may be many. Thread-safe. */
@ConsumerType
@FunctionalInterface
public interface MetricSource {

    /** The figures now; the same name and tags name the same figure each time. Does not block. */
    List<Metric> metrics();
}
