// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import org.jspecify.annotations.Nullable;

/**
 * One way in which a bundle reaches the database or Redis past UCM.
 *
 * @param how {@code wire}, {@code inside} or {@code service}
 * @param excused why it does not count; null when it counts
 */
record Past(
        String bundle,
        String how,
        String evidence,
        @Nullable String excused) {}
