// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import org.jspecify.annotations.Nullable;

/**
 * One {@code read} or {@code write} that has ended.
 *
 * @param name {@code read} or {@code write}
 * @param node where it ran; null when it got no connection
 * @param nanos from the call to its answer
 * @param waitedNanos of which it waited for a connection
 * @param error the SQLState, or the name of the exception's class; null when it succeeded
 */
public record Operation(
        String cluster,
        String mode,
        String name,
        @Nullable NodeAddress node,
        long nanos,
        long waitedNanos,
        @Nullable String error) {}
