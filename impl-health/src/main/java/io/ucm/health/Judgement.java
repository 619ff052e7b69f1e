// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How something is, and why when it isn't {@link HealthStatus#OK}. Immutable. */
record Judgement(HealthStatus status, @Nullable String reason) {

    /** OK without a complaint. */
    static Judgement of(List<String> complaints) {
        return complaints.isEmpty()
                ? new Judgement(HealthStatus.OK, null)
                : new Judgement(HealthStatus.WARN, String.join("; ", complaints));
    }
}
