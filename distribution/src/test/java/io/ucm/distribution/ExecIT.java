// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole product through the launcher, as a script uses it. */
class ExecIT {

    private static UcmProcess server;

    /** For tests that need no start of their own. */
    @BeforeAll
    static void serves() {
        server = UcmProcess.start(AssembledFolder.original(), "serve").awaitStderr("ucm: ready");
    }

    @AfterAll
    static void leavesNothing() {
        try (UcmProcess stopped = server) {
            assertThat(stopped.terminate().awaitExit()).as(stopped.stderr()).isZero();
            stopped.assertNothingLeft();
        }
    }

    @Test
    void showsTheEmbeddedClusterAndRunsSql() {
        try (UcmProcess ucm = UcmProcess.exec(
                "ucm:status --json",
                "ucm:slots --json",
                "ucm:pool --json MCP_SERVER",
                "ucm:sql --json \"select 42 as answer, 'a' as text, null as nothing\"",
                "ucm:sql 'select 42 as answer'")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            List<String> lines = ucm.stdout().lines().toList();

            JsonObject status = JsonParser.parseString(lines.get(0)).getAsJsonObject();
            JsonObject cluster = status.getAsJsonArray("clusters").get(0).getAsJsonObject();
            assertThat(texts(cluster.getAsJsonArray("nodes"), "id")).containsExactly("n1", "n2", "n3");
            assertThat(texts(cluster.getAsJsonArray("nodes"), "role")).containsExactly("PRIMARY", "REPLICA", "REPLICA");
            assertThat(texts(cluster.getAsJsonArray("nodes"), "state")).containsOnly("UP");
            assertThat(texts(cluster.getAsJsonArray("managers"), "mode"))
                    .containsExactly("ADMIN", "ASYNC_MODERN", "HIGH_AVAILABILITY", "MCP_SERVER", "ML_TRAINING");
            assertThat(cluster.getAsJsonArray("managers")
                            .get(0)
                            .getAsJsonObject()
                            .getAsJsonObject("pool")
                            .keySet())
                    .contains("active", "idle", "pending", "max");

            JsonObject pool = JsonParser.parseString(lines.get(1))
                    .getAsJsonObject()
                    .getAsJsonObject("slots")
                    .getAsJsonObject("pool");
            assertThat(pool.get("bundle").getAsString()).isEqualTo("io.ucm.pool");
            assertThat(pool.keySet()).contains("bundleId", "version", "ranking", "others");
            assertThat(status.getAsJsonObject("slots").getAsJsonObject("pool")).isEqualTo(pool);

            assertThat(lines.get(2)).contains("\"mode\":\"MCP_SERVER\"", "\"statementTimeoutMs\":150");
            assertThat(lines.get(3))
                    .isEqualTo("{\"columns\":[\"answer\",\"text\",\"nothing\"],\"rows\":[[42,\"a\",null]],"
                            + "\"more\":false,\"updated\":null}");
            assertThat(lines.subList(4, 7)).containsExactly("answer", "------", "    42");
            assertThat((ucm.stdout() + ucm.stderr())
                            .replace("\".password\",\"value\":\"***\"", "")
                            .replace("\".tls.key.password\",\"value\":\"the cluster's\"", "")
                            .replace("\"password.grace.ms\"", ""))
                    .doesNotContain("password");
            ucm.assertNothingLeft();
        }
    }

    /** By their names in the shell, while the ledger runs. */
    @Test
    void partsStopAndStartUnderLoad() {
        List<String> commands = new ArrayList<>(List.of("ledger:start --clients 32", "ledger:wait --seconds 1"));
        for (String part : List.of("io.ucm.ha", "io.ucm.cache", "io.ucm.health")) {
            commands.add("felix:stop " + part);
            commands.add("ucm:slots --json");
            commands.add("felix:start " + part);
        }
        commands.addAll(List.of("ucm:slots --json", "ledger:wait --seconds 1", "ledger:report --json"));
        try (UcmProcess ucm = server.attach(commands.toArray(String[]::new))) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            List<JsonObject> lines = ucm.stdout()
                    .lines()
                    .filter(line -> line.startsWith("{"))
                    .map(line -> JsonParser.parseString(line).getAsJsonObject())
                    .toList();
            assertThat(lines).hasSize(5);
            assertThat(empty(lines.get(0))).containsExactly("ha");
            assertThat(empty(lines.get(1))).containsExactly("cache");
            assertThat(empty(lines.get(2))).containsExactly("health");
            assertThat(empty(lines.get(3))).isEmpty();
            for (String zero : List.of("failed", "unknown", "lost", "duplicated", "staleReads")) {
                assertThat(lines.get(4).get(zero).getAsInt()).as(zero).isZero();
            }
        }
    }

    private static List<String> empty(JsonObject slots) {
        return slots.getAsJsonObject("slots").entrySet().stream()
                .filter(slot -> slot.getValue().getAsJsonObject().get("bundle").isJsonNull())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** In a container of its own: where the ledger ran, the read-only role may write to its table. */
    @Test
    void theEmbeddedSetUpIsHealthyValidAndGoesThroughUcm() {
        try (UcmProcess fresh =
                UcmProcess.start(AssembledFolder.original(), "serve").awaitStderr("ucm: ready")) {
            // A node that answers late while all start at once is worth a warning, which goes.
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                try (UcmProcess health = fresh.attach("ucm:health --json")) {
                    return health.awaitExit() == 0 && health.stdout().startsWith("{\"status\":\"OK\"");
                }
            });
            isHealthyValidAndGoesThroughUcm(fresh);
            assertThat(fresh.terminate().awaitExit()).as(fresh.stderr()).isZero();
            fresh.assertNothingLeft();
        }
    }

    private static void isHealthyValidAndGoesThroughUcm(UcmProcess fresh) {
        try (UcmProcess ucm = fresh.attach(
                "ucm:health --json",
                "ucm:validate --json",
                "ucm:audit --json",
                "ucm:topology --json",
                "ucm:cache --json",
                "ucm:metrics db.client",
                "felix:start nothing")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("no bundle 'nothing': an id, a symbolic name or a URL is needed");
            List<String> lines = ucm.stdout().lines().toList();
            assertThat(lines.get(0)).startsWith("{\"status\":\"OK\",\"components\":[{\"name\":");
            assertThat(lines.get(1)).startsWith("{\"valid\":true,");
            assertThat(lines.get(2)).startsWith("{\"share\":100").contains("io.ucm.examples.ledger");
            assertThat(lines.get(3)).contains("\"role\":\"PRIMARY\"", "\"epoch\":{\"systemId\":", "\"primary\":\"n1\"");
            assertThat(lines.get(4)).contains("\"state\":\"UP\"");
            assertThat(ucm.stdout()).contains("db.client.operation.duration", "db.client.connection.count");
            assertThat(ucm.stdout() + ucm.stderr()).doesNotContain("password");
        }
    }

    @Test
    void showsTheServersMessageAndEndsWithOne() {
        try (UcmProcess ucm = server.attach("ucm:sql 'select nope'", "ucm:status")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("ERROR: column \"nope\" does not exist");
            assertThat(ucm.stdout()).isEmpty();
        }
    }

    @Test
    void saysWhichModesThereAreWhenOneIsNot() {
        try (UcmProcess ucm = server.attach("ucm:sql --mode FAST 'select 1'")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("no manager 'FAST'; there are: [main/ADMIN, main/ASYNC_MODERN");
        }
    }

    @Test
    void saysWhyWhenTheServersDoNotStart(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        try (UcmProcess ucm = UcmProcess.start(
                AssembledFolder.original(), "-Ducm.cache.dir=" + file.resolve("cache"), "exec", "ucm:status")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("EmbeddedServers").contains(file.toString());
            assertThat(ucm.stderr()).contains("no manager is configured");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void leavesNothingWhenItIsStoppedUnderLoad() {
        try (UcmProcess ucm = UcmProcess.exec("ledger:run --seconds 60 --clients 32")) {
            ucm.awaitStderr("ledger: 1 s").terminate();

            assertThat(ucm.awaitExit()).isEqualTo(143);
            ucm.assertNothingLeft();
        }
    }

    @Test
    void leavesNothingWhenItIsStoppedWhileTheServersStart() {
        try (UcmProcess ucm = UcmProcess.exec("ucm:status")) {
            ucm.awaitStderr("ucm: services").terminate();

            assertThat(ucm.awaitExit()).isEqualTo(143);
            ucm.assertNothingLeft();
        }
    }

    @Test
    void embeddedServersComeWhenAskedFor(@TempDir Path folder) {
        try (UcmProcess ucm = UcmProcess.start(
                AssembledFolder.original(), "exec", "--config", folder.toString(), "--embedded", "ucm:status --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            assertThat(ucm.stdout()).contains("\"name\":\"main\"").contains("\"n3\"");
            assertThat(folder.resolve("log/ucm.log")).isNotEmptyFile();
            ucm.assertNothingLeft();
        }
    }

    @Test
    void logsGoToTheInstanceOtherwise() {
        try (UcmProcess ucm = UcmProcess.start(AssembledFolder.original(), "exec", "ucm:log --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            assertThat(ucm.stdout()).contains("\"files\":[\"" + ucm.temporary().resolve("ucm-"));
        }
    }

    private static List<String> texts(JsonArray array, String key) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(object -> object.get(key).getAsString())
                .toList();
    }
}
