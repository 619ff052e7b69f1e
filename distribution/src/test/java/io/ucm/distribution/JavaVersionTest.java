// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./ucm} on a Java that it can't run on: it says so before it builds or starts anything. */
class JavaVersionTest {

    private static final Path SCRIPT = Path.of("..", "ucm");

    @TempDir
    private Path home;

    @Test
    void believesTheReleaseFile() throws Exception {
        Path java = java("exit 1");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");

        assertRefused(java, "11.0.2");
    }

    @Test
    void elseAsksJava() throws Exception {
        Path java = java("echo 'openjdk version \"1.8.0_372\"' >&2");

        assertRefused(java, "1.8.0_372");
    }

    @Test
    void saysThatThereIsNone() throws Exception {
        assertThat(said()).isEqualTo("ucm: JAVA_HOME is " + home + ", but there is no bin/java in it\n");
    }

    private void assertRefused(Path java, String version) throws Exception {
        assertThat(said())
                .isEqualTo("ucm: " + java + " is Java " + version + "; UCM needs 17 or newer (set JAVA_HOME)\n");
    }

    private Path java(String script) throws IOException {
        Path java = home.resolve("bin/java");
        Files.createDirectory(java.getParent());
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String said() throws Exception {
        Path output = home.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("sh", SCRIPT.toString(), "help")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", home.toString());
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isOne();
        return Files.readString(output);
    }
}
