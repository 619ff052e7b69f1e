// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

/** Nanoseconds from an origin of its own, like {@link System#nanoTime()}. Thread-safe. */
@FunctionalInterface
interface Ticker {

    long nanos();
}
