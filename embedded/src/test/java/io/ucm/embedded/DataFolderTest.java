// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path instance;

    @Test
    void isInMemoryWhereThereIsRoom() throws Exception {
        assumeTrue(DataFolder.roomInMemory(), "no file system in memory with 4 GiB of room");

        DataFolder folder = DataFolder.create(instance, true);

        assertThat(folder.path()).isDirectory().hasParent(DataFolder.MEMORY);
        assertThat(instance).isEmptyDirectory();
        folder.close();
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void isInTheInstanceWhenMemoryIsNotWanted() throws Exception {
        DataFolder folder = DataFolder.create(instance, false);

        assertThat(folder.path()).isEqualTo(instance.resolve("embedded"));
    }
}
