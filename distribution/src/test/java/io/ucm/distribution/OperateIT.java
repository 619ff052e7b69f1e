// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.ucm.embedded.SeparatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
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

    private static final String WANTED = "wanted.sql";
    private static final String ROTATED = "ALTER ROLE orders_app PASSWORD 'app-secret-2'";

    /** What the page does not do: new connections after the password is another, and a call slower than it allows. */
    private static final String MORE =
            superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orders_app'")
                    + "./ucm attach --name orders \"ucm:sql 'select current_user as rotated'\"\n"
                    + "./ucm attach --name orders \"ucm:sql 'select pg_sleep(0.7) as private_value'\"\n";

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void thePagesCommandsLeadToARunningContainer() throws Exception {
        String page = Files.readString(Path.of("../docs/operate.md"));
        try (SeparatePostgres postgres = SeparatePostgres.start()) {
            String commands = commands(page);
            assertThat(commands).contains(ADDRESS).contains(STOP).contains(ROTATED);
            String out = run(
                    commands.replace(ADDRESS, "127.0.0.1:" + postgres.port()).replace(STOP, MORE + STOP), postgres);

            assertThat(out)
                    .containsPattern(
                            "(?s)nothing is missing\\R.*n1 +127\\.0\\.0\\.1:%d +PRIMARY +UP".formatted(postgres.port()))
                    .containsPattern("orders_app +\\d{4}-")
                    .containsPattern("(?m)^ +\\d+ +\\d+ +0 +0 +0 +0 +0 ")
                    .containsPattern("orders +ASYNC_MODERN +\\d+ +\\d+ +0 +4 ")
                    .containsPattern("(?m)^rotated\\R-+\\Rorders_app$")
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

    private String run(String commands, SeparatePostgres postgres) throws IOException, InterruptedException {
        Path home = AssembledFolder.original();
        Path runtime = Files.createDirectory(folder.resolve(".runtime"));
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        Path ucm = Files.writeString(
                folder.resolve("ucm"),
                "#!/bin/sh\nexec '%s' '@%s' '-Djava.io.tmpdir=%s' %s -jar '%s' \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                home.resolve("conf/jvm.options"),
                                runtime,
                                String.join(" ", UcmProcess.jvm()),
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
            await().atMost(Duration.ofMinutes(3)).until(() -> {
                asSuperuser(postgres);
                return !bash.isAlive();
            });
            if (bash.exitValue() != 0) {
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

    /** What the commands wait for. */
    private void asSuperuser(SeparatePostgres postgres) throws IOException, SQLException {
        Path wanted = folder.resolve(WANTED);
        if (Files.exists(wanted)) {
            for (String statement : Files.readString(wanted).strip().split(";\\R?")) {
                postgres.sql(statement);
            }
            Files.delete(wanted);
        }
    }

    /** Has the test run that as a superuser, and waits until it is done. */
    private static String superuser(String statements) {
        return """
                cat > %1$s.part <<'END'
                %2$s
                END
                mv %1$s.part %1$s
                while [ -e %1$s ]; do sleep 0.1; done
                """.formatted(WANTED, statements.strip());
    }

    /** The page's shell commands, and its statements where they are on it. */
    private static String commands(String page) {
        return Pattern.compile("(?s)```(sh|sql)\\R(.*?)```")
                .matcher(page)
                .results()
                .map(block -> block.group(1).equals("sh") ? block.group(2) : superuser(block.group(2)))
                .collect(Collectors.joining("\n"));
    }
}
