// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.api.Access.READ_ONLY;
import static io.ucm.api.Access.READ_WRITE;

import io.ucm.api.Access;
import io.ucm.api.ModeProfile;
import java.time.Duration;
import java.util.List;

/** The five modes that come with UCM, and the one that is meant when none is named. */
final class BuiltInModes {

    static final String DEFAULT = "ASYNC_MODERN";

    private static final List<ModeProfile> ALL = List.of(
            mode("MCP_SERVER", 20, 200, 150, 10, 300, READ_ONLY),
            mode("ML_TRAINING", 15, 5_000, 0, 0, 0, READ_WRITE),
            mode("ADMIN", 5, 10_000, 0, 0, 0, READ_WRITE),
            mode(DEFAULT, 12, 5_000, 5_000, 10, 300, READ_WRITE),
            mode("HIGH_AVAILABILITY", 20, 10_000, 10_000, 10, 300, READ_WRITE));

    private BuiltInModes() {}

    static ModeProfile named(String name) {
        return ALL.stream()
                .filter(mode -> mode.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("io.ucm.mode, mode: '" + name + "' is none of "
                        + ALL.stream().map(ModeProfile::name).toList()));
    }

    private static ModeProfile mode(
            String name,
            int size,
            int acquireMs,
            int statementMs,
            int lockSeconds,
            int idleInTransactionSeconds,
            Access access) {
        return new ModeProfile(
                name,
                size,
                Duration.ofMillis(acquireMs),
                Duration.ofMillis(statementMs),
                Duration.ofSeconds(lockSeconds),
                Duration.ofSeconds(idleInTransactionSeconds),
                access);
    }
}
