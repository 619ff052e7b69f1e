// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After a kill -9 of a container the next start ends that one's servers, and runs its own. */
class KilledContainerFaultsIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void theNextStartLeavesExactlyOneSetOfServers() {
        Path home = AssembledFolder.original();
        try (UcmProcess killed = UcmProcess.start(home, "serve").awaitStderr("ucm: ready")) {
            List<ProcessHandle> orphans = descendants(killed);
            killed.signal("KILL").awaitExit();
            assertThat(orphans).filteredOn(orphan -> !gone(orphan)).hasSizeGreaterThanOrEqualTo(4);

            try (UcmProcess next = killed.beside(home, "serve").awaitStderr("ucm: ready")) {
                await().atMost(LIMIT).until(() -> orphans.stream().allMatch(KilledContainerFaultsIT::gone));
                assertThat(ProcessHandle.of(next.pid()).orElseThrow().children().toList())
                        .as("three PostgreSQL and a Redis")
                        .hasSize(4);

                assertThat(next.terminate().awaitExit()).isZero();
            }
            killed.assertNothingLeft();
        }
    }

    private static List<ProcessHandle> descendants(UcmProcess ucm) {
        return ProcessHandle.of(ucm.pid()).orElseThrow().descendants().toList();
    }

    /** One that nobody has waited for yet counts. */
    private static boolean gone(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return !process.isAlive();
        }
    }
}
