// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several containers of one user: each with a folder of its own, which the next start removes if it was killed. */
class SideBySideFaultsIT {

    private static Path home;

    @BeforeAll
    static void assemble(@TempDir Path folder, @TempDir Path jars) {
        home = AssembledFolder.platformWith(folder, 4, TestBundle.activatedBy(CommandsActivator.class, jars));
    }

    @Test
    void threeWithTheirServers() {
        Path whole = AssembledFolder.original();
        try (UcmProcess a = UcmProcess.start(whole, "serve", "--name", "a");
                UcmProcess b = a.beside(whole, "serve", "--name", "b");
                UcmProcess exec = a.beside(whole, "exec", "ucm:sql --json \"show port\"")) {
            assertThat(exec.awaitExit()).as(exec.stderr()).isZero();
            List<String> ports = List.of(
                    exec.stdout(),
                    attached(a.awaitStderr("ucm: ready"), "a", "ucm:sql --json \"show port\""),
                    attached(b.awaitStderr("ucm: ready"), "b", "ucm:sql --json \"show port\""));
            assertThat(ports).doesNotHaveDuplicates().allMatch(text -> text.contains("rows"));
            assertThat(a.terminate().awaitExit()).isZero();
            assertThat(attached(b, "b", "ledger:run --seconds 1 --clients 4 --json"))
                    .contains("\"failed\":0");
            assertThat(b.terminate().awaitExit()).isZero();
            b.assertNothingLeft();
        }
    }

    @Test
    void theNextStartRemovesWhatAKilledOneLeftAndNothingElse() {
        try (UcmProcess living = UcmProcess.start(home, "serve").awaitStderr("ucm: ready");
                UcmProcess killed = living.beside(home, "serve", "--name", "b").awaitStderr("ucm: ready")) {
            List<Path> before = instances(living);
            assertThat(before).hasSize(2);
            killed.signal("KILL").awaitExit();

            try (UcmProcess next = living.beside(home, "exec", "ucm:where");
                    UcmProcess same = living.beside(home, "exec", "ucm:where")) {
                assertThat(next.awaitExit()).as(next.stderr()).isZero();
                assertThat(same.awaitExit()).as(same.stderr()).isZero();
                assertThat(next.stderr() + same.stderr()).containsOnlyOnce(", which a killed container left\n");
            }
            assertThat(instances(living)).hasSize(1).isSubsetOf(before);
            assertThat(living.terminate().awaitExit()).isZero();
        }
    }

    private static List<Path> instances(UcmProcess ucm) {
        try (Stream<Path> entries = Files.list(ucm.temporary())) {
            return entries.filter(entry -> Files.exists(entry.resolve(Instance.LOCK)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String attached(UcmProcess server, String name, String command) {
        try (UcmProcess client = server.beside(AssembledFolder.original(), "attach", "--name", name, command)) {
            assertThat(client.awaitExit()).as(client.stderr()).isZero();
            return client.stdout();
        }
    }
}
