// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

    @TempDir
    private Path folder;

    @Test
    void ordersBundlesByStartLevelThenByName() throws IOException {
        bundle("10/a.jar");
        bundle("2/b.jar");
        bundle("2/a.jar");
        bundle("2/read.me");

        assertThat(new Home(folder).bundles())
                .extracting(bundle -> bundle.level() + "/" + bundle.file().getFileName())
                .containsExactly("2/a.jar", "2/b.jar", "10/a.jar");
    }

    @Test
    void refusesAFolderThatIsNoStartLevel() throws IOException {
        bundle("last/a.jar");

        assertThatThrownBy(() -> new Home(folder).bundles()).hasMessageContaining("last: expected a start level");
    }

    private void bundle(String name) throws IOException {
        Path file = folder.resolve("bundles").resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }
}
