// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    private Path temporary;

    @Test
    void removesADeadOne() throws IOException {
        Path dead = dead("ucm-12");
        Files.createDirectories(dead.resolve("framework/bundle1"));

        remove();

        assertThat(dead).doesNotExist();
        assertThat(said.toString()).isEqualTo("ucm: removed " + dead + ", which a killed container left\n");
    }

    @Test
    void leavesALivingOneAndItsOwn() throws IOException {
        Instance living = Instance.createIn(temporary);

        remove();

        assertThat(living.folder()).isDirectory();
        living.delete();
        assertThat(living.folder()).doesNotExist();
    }

    @Test
    void leavesWhatIsNotSurelyOurs() throws IOException {
        Path named = dead("ucm-elsewhere");
        Path unlocked = Files.createDirectory(temporary.resolve("ucm-13"));
        Path linked = Files.createSymbolicLink(temporary.resolve("ucm-14"), dead("target"));
        Path lockLinked = Files.createDirectory(temporary.resolve("ucm-15"));
        Files.createSymbolicLink(lockLinked.resolve(Instance.LOCK), named.resolve(Instance.LOCK));

        remove();

        assertThat(named).isDirectory();
        assertThat(unlocked).isDirectory();
        assertThat(linked).exists();
        assertThat(lockLinked).isDirectory();
    }

    @Test
    void leavesServersToTheBundleThatStartedThem() throws IOException {
        Path withServers = dead("ucm-16");
        Files.createDirectory(withServers.resolve("embedded"));

        remove();

        assertThat(withServers).isDirectory();
    }

    private Path dead(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        Files.createFile(folder.resolve(Instance.LOCK));
        return folder;
    }

    private void remove() throws IOException {
        Instance own = Instance.createIn(temporary);
        new Leftovers(temporary, new Progress(new PrintStream(said, true))).remove(own);
        assertThat(own.folder()).isDirectory();
        own.delete();
    }
}
