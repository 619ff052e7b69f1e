// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {

    @TempDir
    Path folder;

    @Test
    void killsTheDescendantsOfOneThatDoesNotStop() throws IOException {
        ServerProcess stubborn = ServerProcess.start(
                "stubborn",
                List.of("/bin/sh", "-c", "trap '' INT; sh -c 'sleep 60; echo' & sleep 60; echo"),
                folder.resolve("log"),
                null);
        ProcessHandle shell = ProcessHandle.of(stubborn.pid()).orElseThrow();
        await().atMost(Duration.ofSeconds(5)).until(() -> shell.descendants().count() == 3);
        List<ProcessHandle> family = shell.descendants().toList();
        stubborn.tree().signalRoot("INT");

        stubborn.awaitEnd(Duration.ofMillis(100));

        assertThat(stubborn.alive()).isFalse();
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(family).allMatch(TestServers::gone));
    }

    @Test
    void aFailedRunTellsItsCodeAndTheEndOfItsLog() {
        assertThatThrownBy(() -> ServerProcess.run(
                        "program",
                        List.of("/bin/sh", "-c", "for i in $(seq 100); do echo line $i; done; cat; exit 7"),
                        folder.resolve("log"),
                        "last"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("program: ended with code 7; its log ends with:\nline 90\n")
                .hasMessageEndingWith("line 100\nlast");
    }

    @Test
    void inheritsNothingButTheSearchPath() throws Exception {
        ServerProcess.run("env", List.of("env"), folder.resolve("log"), null);
        assertThat(folder.resolve("log")).content().matches("(?s)((PATH|LC_ALL|TZ|PWD|SHLVL|_)=[^\\n]*\\n)+");
    }
}
