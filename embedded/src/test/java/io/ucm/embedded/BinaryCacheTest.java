// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryCacheTest {

    @TempDir
    Path place;

    private static BinaryCache.Unpacking file(String content) {
        return folder -> Files.writeString(folder.resolve("program"), content);
    }

    @Test
    void twoThatUnpackAtOnceBothGetTheOneFolder() throws Exception {
        CyclicBarrier bothUnpack = new CyclicBarrier(2);
        Queue<Path> folders = new ConcurrentLinkedQueue<>();
        Parallel.Step unpack = () -> folders.add(new BinaryCache(List.of(place)).folder("x-1", folder -> {
            file("whole").into(folder);
            try {
                bothUnpack.await(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException(e);
            }
        }));

        Parallel.run("unpack", unpack, unpack);

        assertThat(folders).hasSize(2).containsOnly(place.resolve("x-1"));
        assertThat(place.resolve("x-1/program")).hasContent("whole");
        assertThat(files(place)).containsExactly("x-1");
    }

    @Test
    void theFolderIsNotThereBeforeItIsWhole() throws IOException {
        Path folder = new BinaryCache(List.of(place)).folder("x-1", unfinished -> {
            assertThat(place.resolve("x-1")).doesNotExist();
            file("whole").into(unfinished);
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void unpacksOnce() throws IOException {
        BinaryCache cache = new BinaryCache(List.of(place));
        cache.folder("x-1", file("first"));
        assertThat(cache.folder("x-1", file("second")).resolve("program")).hasContent("first");
    }

    @Test
    void anUnpackingThatFailsLeavesNothing() {
        assertThatThrownBy(() -> new BinaryCache(List.of(place)).folder("x-1", folder -> {
                    file("half").into(folder);
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void whatAKilledProcessLeftIsDeletedAfterAnHour() throws IOException {
        Path old = Files.createDirectory(place.resolve(".unpacking-1"));
        Files.writeString(old.resolve("half"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Files.createDirectory(place.resolve(".unpacking-2"));

        new BinaryCache(List.of(place)).folder("x-1", file("whole"));

        assertThat(files(place)).containsExactly(".unpacking-2", "x-1");
    }

    @Test
    void aPlaceThatCannotBeWrittenToIsPassedOver() throws IOException {
        Path blocked = Files.writeString(place.resolve("file"), "").resolve("cache");
        Path other = place.resolve("a/b");
        assertThat(new BinaryCache(List.of(blocked, other)).folder("x-1", file("whole")))
                .isEqualTo(other.resolve("x-1"))
                .isDirectory();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
