// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.ucm.embedded.SeparatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator who follows docs/operate.md, in an empty folder, gets to a container on their own PostgreSQL. */
class OperateIT {

    private static final String ADDRESS = "db.example:5432";
    private static final String STOP = "kill %1\n";

    /** What the page does not do: a call that is slower than the page allows. */
    private static final String SLOW =
            "./ucm attach --name orders \"ucm:sql 'select pg_sleep(0.7) as private_value'\"\n";

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void thePagesCommandsLeadToARunningContainer() throws Exception {
        String page = Files.readString(Path.of("../docs/operate.md"));
        try (SeparatePostgres postgres = SeparatePostgres.start()) {
            for (String statement : blocks(page, "sql").get(0).split(";\\R")) {
                postgres.sql(statement);
            }
            String commands = String.join("\n", blocks(page, "sh"));
            assertThat(commands).contains(ADDRESS).contains(STOP);
            String out = run(
                    commands.replace(ADDRESS, "127.0.0.1:" + postgres.port()).replace(STOP, SLOW + STOP));

            assertThat(out)
                    .containsPattern(
                            "(?s)nothing is missing\\R.*n1 +127\\.0\\.0\\.1:%d +PRIMARY +UP".formatted(postgres.port()))
                    .containsPattern("orders_app +\\d{4}-")
                    .containsPattern("(?m)^ +\\d+ +\\d+ +0 +0 +0 +0 +0 ")
                    .containsPattern("orders +ASYNC_MODERN +\\d+ +\\d+ +0 +4 ")
                    .contains("io.ucm.mode~typo (" + folder.resolve("orders/conf/io.ucm.mode~typo.cfg.json")
                            + ")  mode: 'FAST' is none of [MCP_SERVER, ");
            assertThat(postgres.rows("SELECT usename FROM pg_stat_activity WHERE usename LIKE 'orders%'"))
                    .as("connections that are left")
                    .isEmpty();
            logTellsOfTheSlowCallAndNoSecret();
        }
    }

    private void logTellsOfTheSlowCallAndNoSecret() throws IOException {
        String log = Files.readString(folder.resolve("orders/log/ucm.log"));
        assertThat(log)
                .containsPattern(
                        "INFO .*slow call: bundle io\\.ucm\\.manager \\[\\d+], orders/ASYNC_MODERN, write on n1:"
                                + " \\d{3,} ms \\(waiting \\d+, working \\d{3,}, ending \\d+\\)")
                .doesNotContain("ha-secret", "app-secret", "read-secret", "private_value");
    }

    private String run(String commands) throws IOException, InterruptedException {
        Path home = AssembledFolder.original();
        Path runtime = Files.createDirectory(folder.resolve(".runtime"));
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        Path ucm = Files.writeString(
                folder.resolve("ucm"),
                "#!/bin/sh\nexec '%s' '@%s' '-Djava.io.tmpdir=%s' -jar '%s' \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                home.resolve("conf/jvm.options"),
                                runtime,
                                home.resolve("lib/launcher.jar")));
        Files.setPosixFilePermissions(ucm, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-c", commands)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(err.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        Process bash = builder.start();
        try {
            if (!bash.waitFor(3, TimeUnit.MINUTES) || bash.exitValue() != 0) {
                fail("the page's commands failed:\n" + Files.readString(folder.resolve("out.txt"))
                        + Files.readString(err));
            }
            assertThat(bash.descendants()).isEmpty();
            return Files.readString(folder.resolve("out.txt"));
        } finally {
            bash.descendants().forEach(ProcessHandle::destroyForcibly);
            bash.destroyForcibly();
        }
    }

    private static List<String> blocks(String page, String language) {
        return Pattern.compile("(?s)```" + language + "\\R(.*?)```")
                .matcher(page)
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.toList());
    }
}
