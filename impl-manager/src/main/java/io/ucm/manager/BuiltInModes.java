// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.api.Access.READ_ONLY;
import static io.ucm.api.Access.READ_WRITE;
import static io.ucm.api.CommitOutcome.REPORTED;
import static io.ucm.api.CommitOutcome.RESOLVED;

import io.ucm.api.Access;
import io.ucm.api.CommitOutcome;
import io.ucm.api.ModeProfile;
import io.ucm.api.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The five modes that come with UCM, and the one that is meant when none is named. */
final class BuiltInModes {

    static final String DEFAULT = "ASYNC_MODERN";

    private static final int LEAST = 2;

    private static final Pattern FURTHER = Pattern.compile("[A-Z][A-Z0-9_]*");

    /** A mode. */
    record BuiltIn(ModeProfile profile, SizeLimits limits, Care care) {}

    private static final List<BuiltIn> ALL = List.of(
            mode("MCP_SERVER", 20, 100, 200, 150, 10, 300, READ_ONLY, true, REPORTED, 2_000, 900, 200, 60),
            mode("ML_TRAINING", 15, 75, 5_000, 0, 0, 0, READ_WRITE, true, RESOLVED, 1_500, 1_800, 0, 0),
            mode("ADMIN", 5, 25, 10_000, 0, 0, 0, READ_WRITE, false, REPORTED, 500, 7_200, 0, 0),
            mode(DEFAULT, 12, 60, 5_000, 5_000, 10, 300, READ_WRITE, true, RESOLVED, 1_000, 3_600, 1_000, 300),
            mode(
                    "HIGH_AVAILABILITY",
                    20,
                    100,
                    10_000,
                    10_000,
                    10,
                    300,
                    READ_WRITE,
                    true,
                    RESOLVED,
                    2_500,
                    1_800,
                    1_000,
                    300));

    private BuiltInModes() {}

    /** All of them. */
    static List<String> names() {
        return ALL.stream().map(mode -> mode.profile().name()).toList();
    }

    static Optional<BuiltIn> named(String name) {
        return ALL.stream().filter(mode -> mode.profile().name().equals(name)).findFirst();
    }

    /**
     * The mode that a configured one has its values from: itself, or what a further one is based on.
     *
     * @param basedOn empty where nothing is named
     */
    static BuiltIn under(String mode, String basedOn) {
        Optional<BuiltIn> itself = named(mode);
        if (itself.isPresent()) {
            return itself.filter(builtIn -> basedOn.isEmpty())
                    .orElseThrow(() -> new IllegalArgumentException("based.on: '" + basedOn + "': " + mode
                            + " is built in and based on nothing; leave based.on out, or name a further mode"));
        }
        if (basedOn.isEmpty()) {
            throw new IllegalArgumentException("mode: '" + mode + "' is none of " + names()
                    + "; to make it a further mode, say with based.on whose values it has");
        }
        if (!FURTHER.matcher(mode).matches()) {
            throw new IllegalArgumentException("mode: '" + mode
                    + "': a further mode's name begins with a capital letter and has capitals, digits and '_'");
        }
        return named(basedOn)
                .orElseThrow(() -> new IllegalArgumentException("based.on: '" + basedOn + "' is none of " + names()));
    }

    private static BuiltIn mode(
            String name,
            int size,
            int most,
            int acquireMs,
            int statementMs,
            int lockSeconds,
            int idleInTransactionSeconds,
            Access access,
            boolean replicaReads,
            CommitOutcome commitOutcome,
            int cacheEntries,
            int cacheSeconds,
            int slowCallMs,
            int leakSeconds) {
        return new BuiltIn(
                new ModeProfile(
                        name,
                        size,
                        Duration.ofMillis(acquireMs),
                        Duration.ofMillis(statementMs),
                        Duration.ofSeconds(lockSeconds),
                        Duration.ofSeconds(idleInTransactionSeconds),
                        access,
                        replicaReads,
                        commitOutcome,
                        Priority.NORMAL,
                        cacheEntries,
                        Duration.ofSeconds(cacheSeconds)),
                new SizeLimits(LEAST, most),
                new Care(
                        Duration.ofMillis(slowCallMs),
                        Duration.ofSeconds(3_600),
                        Duration.ofSeconds(120),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(leakSeconds),
                        false,
                        0,
                        Duration.ofSeconds(300),
                        Duration.ofMillis(1_000),
                        Duration.ofSeconds(30)));
    }
}
