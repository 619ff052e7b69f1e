// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The operator's folder. Its database is a port that nobody listens on: what counts here is what is configured. */
@Execution(ExecutionMode.CONCURRENT)
class ConfigIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CLUSTER = """
            {
              // where nobody is
              "cluster": "$[secret:cluster]",
              "nodes": ["n1=127.0.0.1:1"],
              "database": "$[prop:ucm.test.database;default=orders]",
              "user": "nobody",
              ".password": "$[env:PATH]"
            }
            """;
    private static final String MODE = """
            {
              "cluster": "shop",
              "mode": "ADMIN",
              "user": "nobody",
              ".password": "hidden"
            }
            """;

    @TempDir
    private Path folder;

    @TempDir
    private Path jars;

    @Test
    void namesAFolderThatIsNotThere() {
        Path missing = folder.resolve("missing");
        try (UcmProcess ucm = start("exec", "--config", missing.toString(), "echo one")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).isEqualTo("ucm: --config " + missing + ": there is no such folder\n");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void saysThatNothingIsConfigured() {
        try (UcmProcess ucm = start("serve", "--config", folder.toString())) {
            ucm.awaitStderr("no manager is configured");
            assertThat(folder.resolve("conf")).isDirectory();
            assertThat(folder.resolve("deploy")).isDirectory();
            assertThat(ucm.terminate().awaitExit()).isZero();
            ucm.assertNothingLeft();
        }
    }

    @Test
    void filesComeChangeAndGo() throws IOException {
        Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/cluster"), "shop\n");
        put("conf/io.ucm.cluster~shop.cfg.json", CLUSTER);
        try (UcmProcess ucm = serve()) {
            Path admin = put("conf/io.ucm.mode~admin.cfg.json", MODE.replace("\"ADMIN\",", "\"ADMIN\""));
            ucm.awaitStderr(
                    admin + ": Unterminated object at line 4, column 4; it is left out until it is corrected\n");
            put("conf/io.ucm.mode~mcp.cfg", "cluster = shop\nmode = MCP_SERVER\nuser = nobody\n.password = hidden\n");
            awaitModes(ucm, "MCP_SERVER");

            put("conf/io.ucm.mode~admin.cfg.json", MODE);
            awaitModes(ucm, "ADMIN", "MCP_SERVER");

            put("conf/io.ucm.mode~admin.cfg.json", "{");
            ucm.awaitStderr(admin + ": End of input at line 1, column 2; what it said before stays in force\n");
            Path second = put("conf/io.ucm.mode~admin.cfg", "mode=ADMIN\n");
            ucm.awaitStderr(second + ": " + admin + " configures io.ucm.mode~admin already; this file is left out\n");
            assertThat(status(ucm)).contains("\"ADMIN\"");

            Files.delete(second);
            Files.delete(admin);
            awaitModes(ucm, "MCP_SERVER");

            assertThat(status(ucm)).contains("\"name\":\"shop\"");
            assertThat(ucm.terminate().awaitExit()).isZero();
            assertThat(ucm.stderr() + Files.readString(folder.resolve("log/ucm.log")))
                    .doesNotContain("hidden");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void aSecretIsTakenWhenItComesAndWhenItChangesAndKeptWhenItGoes() throws IOException {
        String cluster = CLUSTER.replace("$[secret:cluster]", "shop").replace("\"nobody\"", "\"$[secret:late]\"");
        Path file = put("conf/io.ucm.cluster~shop.cfg.json", cluster);
        try (UcmProcess ucm = serve()) {
            ucm.awaitStderr("io.ucm.cluster~shop (" + file + "): user: nothing was found for $[secret:late]");

            Path secret = put("secrets/late", "somebody\n");
            awaitWhy(ucm, "could not connect as 'somebody'");

            put("secrets/late", "somebody-else");
            awaitWhy(ucm, "could not connect as 'somebody-else'");

            Files.delete(secret);
            ucm.awaitStderr("secret 'late': there is no such file in [" + secret.getParent()
                    + "]; what it was before stays in force for [io.ucm.cluster~shop]\n");
            put("secrets/late", "a third");
            awaitWhy(ucm, "could not connect as 'a third'");

            assertThat(ucm.terminate().awaitExit()).isZero();
            assertThat(ucm.stderr()).containsOnlyOnce("secret 'late'").doesNotContain("as '$");
            assertThat(Files.readString(folder.resolve("log/ucm.log")))
                    .contains("io.ucm.cluster~shop is given out again: new are its secrets [late]");
        }
    }

    @Test
    void aFileThatNobodyTakesIsNamed() throws IOException {
        Path file = put("conf/io.ucm.mod~admin.cfg.json", MODE);
        try (UcmProcess ucm = serve()) {
            await().atMost(LIMIT).until(() -> attached(ucm, "ucm:why")
                    .contains("io.ucm.mod~admin (" + file + ")  nobody takes configurations of io.ucm.mod;"
                            + " there are: [io.ucm.cluster, io.ucm.ha, io.ucm.health, io.ucm.logging,"
                            + " io.ucm.mode, io.ucm.redis]"));
            assertThat(ucm.terminate().awaitExit()).isZero();
        }
    }

    @Test
    void bundlesComeChangeAndGo() throws IOException {
        Path bundle = TestBundle.activatedBy(CommandsActivator.class, jars);
        try (UcmProcess ucm = serve()) {
            drop(bundle);
            ucm.awaitStderr("a bundle talks\n");
            await().atMost(LIMIT).until(() -> attached(ucm, "ucm:returns").equals("returned größer\n"));

            Files.delete(folder.resolve("deploy").resolve(bundle.getFileName()));
            ucm.awaitStderr("a bundle stops\n");
            await().atMost(LIMIT).until(() -> attached(ucm, "ucm:returns").isEmpty());
            assertThat(ucm.terminate().awaitExit()).isZero();
            ucm.assertNothingLeft();
        }
    }

    @Test
    void namesThePackageThatABundleLacks() throws IOException {
        Path bundle = TestBundle.importing("io.ucm.api;version=\"[9.1,10)\"", "modern", jars);
        try (UcmProcess ucm = serve()) {
            drop(bundle);
            ucm.awaitStderr("bundle test.modern 1.0.0 can't start: it imports io.ucm.api [9.1.0,10.0.0), there is ");
            String another =
                    TestBundle.importing("no.such.thing", "other", jars).toString();
            drop(Path.of(another));
            ucm.awaitStderr("bundle test.other 1.0.0 can't start: it imports no.such.thing, which nobody exports");

            assertThat(ucm.stderr()).containsPattern("there is \\d+\\.\\d+\\.\\d+ of io\\.ucm\\.api 0\\.1\\.0");
            assertThat(ucm.stderr().lines().filter(line -> line.contains("test.modern")))
                    .hasSize(1);
        }
    }

    @Test
    void logLevelsFollowTheConfigurationAndTheCommand() throws IOException {
        put("conf/io.ucm.logging.cfg.json", "{\"levels\": [\"a.b=DEBUG\", \"c=LOUD\"]}");
        try (UcmProcess ucm = serve()) {
            ucm.awaitStderr("io.ucm.logging: levels 'c=LOUD': unknown level; allowed are TRACE, DEBUG");
            assertThat(attached(ucm, "ucm:log --json"))
                    .contains("{\"logger\":\"a.b\",\"level\":\"DEBUG\",\"from\":\"configuration\"}")
                    .contains("\"files\":[\"" + folder.resolve("log/ucm.log") + "\"]");

            assertThat(attached(ucm, "ucm:log a.b off"))
                    .containsPattern("(?m)^a\\.b +OFF +command$")
                    .contains("file: " + folder.resolve("log/ucm.log"));
            assertThat(attached(ucm, "ucm:log a.b DEFAULT")).containsPattern("(?m)^a\\.b +DEBUG +configuration$");

            Files.delete(folder.resolve("conf/io.ucm.logging.cfg.json"));
            await().atMost(LIMIT).until(() -> !attached(ucm, "ucm:log").contains("a.b"));
            try (UcmProcess client = ucm.besideWithInput(home(), "ucm:log a LOUD\n", "attach")) {
                assertThat(client.awaitExit()).isOne();
                assertThat(client.stderr())
                        .contains("unknown level 'LOUD'; allowed are TRACE, DEBUG, INFO, WARN, ERROR, OFF and DEFAULT");
            }
        }
    }

    @Test
    void anOwnLogbackFileIsTakenUpWhenItChanges() throws IOException {
        String logback = Files.readString(home().resolve("conf/logback.xml")).replace("5 seconds", "1 seconds");
        put("logback.xml", logback);
        try (UcmProcess ucm = serve()) {
            attached(ucm, "ucm:log io.ucm.logging OFF");

            put("logback.xml", logback.replace("<root", "<logger name=\"own.one\" level=\"ERROR\"/>\n  <root"));

            await().atMost(LIMIT)
                    .until(() -> attached(ucm, "ucm:log").matches("(?s).*\\Rown\\.one +ERROR +logback\\.xml\\R.*"));
            put("conf/io.ucm.logging.cfg.json", "{\"levels\": [\"a=DEBUG\", \"b=LOUD\"]}");
            await().atMost(LIMIT).until(() -> attached(ucm, "ucm:log").contains("configuration"));
            assertThat(ucm.stderr()).doesNotContain("LOUD");
            attached(ucm, "ucm:log io.ucm.logging DEFAULT");
            put("conf/io.ucm.logging.cfg.json", "{\"levels\": [\"a=INFO\", \"b=LOUD\"]}");
            ucm.awaitStderr("LOUD");
        }
    }

    private static Path home() {
        return AssembledFolder.original();
    }

    private static UcmProcess start(String... arguments) {
        return UcmProcess.start(home(), arguments);
    }

    private UcmProcess serve() {
        return start("serve", "--config", folder.toString()).awaitStderr("ucm: deploy folder: ");
    }

    /** Appears as a whole, as an editor or a configuration tool does it. */
    private Path put(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Path written = Files.writeString(folder.resolve("written"), content);
        return Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void drop(Path bundle) throws IOException {
        Files.copy(bundle, folder.resolve("deploy").resolve(bundle.getFileName()));
    }

    private void awaitModes(UcmProcess ucm, String... modes) {
        await().atMost(LIMIT).untilAsserted(() -> {
            String status = status(ucm);
            for (String mode : new String[] {"ADMIN", "MCP_SERVER"}) {
                assertThat(status.contains("\"" + mode + "\""))
                        .as(mode + " in " + status)
                        .isEqualTo(List.of(modes).contains(mode));
            }
        });
    }

    private static void awaitWhy(UcmProcess ucm, String text) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(attached(ucm, "ucm:why")).contains(text));
    }

    private static String status(UcmProcess ucm) {
        return attached(ucm, "ucm:status --json");
    }

    /** By standard input: commands as arguments would wait until the managers serve. */
    private static String attached(UcmProcess server, String command) {
        try (UcmProcess client = server.besideWithInput(home(), command + "\n", "attach")) {
            client.awaitExit();
            return client.stdout();
        }
    }
}
