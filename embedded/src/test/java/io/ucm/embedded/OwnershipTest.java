// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {

    @TempDir
    Path folder;

    @Test
    void oneProcessTakesAFolderOnceUntilItIsReleased() throws Exception {
        Ownership first = Ownership.take(folder).orElseThrow();
        assertThat(Ownership.claimed(folder)).isTrue();
        assertThat(Ownership.pid(folder))
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));

        assertThat(Ownership.take(folder)).isEmpty();

        first.release();
        assertThat(folder).isEmptyDirectory();
        assertThat(Ownership.take(folder)).isPresent();
    }

    @Test
    void aLockThatNobodyHoldsIsTaken() throws Exception {
        Files.createFile(folder.resolve("lock"));
        Files.write(folder.resolve("owner"), List.of("1", "of a dead process"));

        assertThat(Ownership.take(folder)).isPresent();
        assertThat(Ownership.pid(folder))
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void ofManyAtOnceOneGetsIt() throws Exception {
        Queue<Optional<Ownership>> taken = new ConcurrentLinkedQueue<>();
        Parallel.Step take = () -> taken.add(Ownership.take(folder));
        Parallel.run("take", Stream.generate(() -> take).limit(8).toArray(Parallel.Step[]::new));
        assertThat(taken.stream().filter(Optional::isPresent)).hasSize(1);
    }

    @Test
    void deletingTheFolderLeavesNothing() throws Exception {
        Ownership owned =
                Ownership.take(Files.createDirectory(folder.resolve("data"))).orElseThrow();
        Files.createDirectories(folder.resolve("data/n1/base"));
        owned.deleteFolder();
        assertThat(folder).isEmptyDirectory();
    }
}
