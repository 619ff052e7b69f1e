// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of an order.
 *
 * @param node the new primary; after an undoing the old one, whom the replicas follow
 * @param timeline the new primary's; null when it is not known
 * @param changed whether anything was changed
 * @param risks what may have been lost
 */
record Outcome(String node, @Nullable Integer timeline, boolean changed, List<String> risks) {

    Outcome {
        risks = List.copyOf(risks);
    }
}
