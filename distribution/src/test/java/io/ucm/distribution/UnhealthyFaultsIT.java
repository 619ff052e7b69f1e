// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands of health say, and how they end, when something does not work. */
class UnhealthyFaultsIT {

    @Test
    void withoutAPrimaryHealthSaysSoWithinItsBoundAndFails() {
        try (UcmProcess ucm = UcmProcess.exec(
                // With one of two replicas gone, nobody is promoted.
                "embedded:kill n2", "embedded:kill primary", "ucm:health --json", "echo never")) {
            assertThat(ucm.awaitExit()).isOne();

            String line = ucm.stdout()
                    .lines()
                    .filter(printed -> printed.startsWith("{\"status\":"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(ucm.stdout() + ucm.stderr()));
            JsonObject health = JsonParser.parseString(line).getAsJsonObject();
            assertThat(health.get("status").getAsString()).isIn("TEMPORARILY_UNAVAILABLE", "CRITICAL");
            assertThat(health.get("elapsedMs").getAsLong()).isLessThan(5000);
            assertThat(line)
                    .containsPattern(
                            "\"name\":\"role main/ADMIN\",\"status\":\"TEMPORARILY_UNAVAILABLE\",\"reason\":\"(SQLState|no answer)");
            assertThat(ucm.stderr())
                    .contains("health is " + health.get("status").getAsString() + ": ");
            assertThat(ucm.stdout()).doesNotContain("never");
        }
    }

    @Test
    void aFileThatNobodyTakesIsNotValid(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("conf"));
        Files.writeString(folder.resolve("conf/io.ucm.moed~main.cfg.json"), "{\"mode\": \"ADMIN\"}\n");
        try (UcmProcess ucm = UcmProcess.start(
                AssembledFolder.original(),
                "exec",
                "--config",
                folder.toString(),
                "--embedded",
                "ucm:health",
                "ucm:validate --json")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stdout())
                    .contains("{\"valid\":false,\"status\":\"CRITICAL\",")
                    .contains("{\"name\":\"PID io.ucm.moed~main\",\"status\":\"CRITICAL\",\"reason\":"
                            + "\"io.ucm.moed~main.cfg.json: nobody takes configurations of io.ucm.moed; "
                            + "there are: [io.ucm.cluster, io.ucm.ha, io.ucm.health, ");
        }
    }
}
