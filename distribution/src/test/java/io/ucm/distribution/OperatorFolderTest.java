// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorFolderTest {

    @TempDir
    private Path folder;

    @Test
    void onlyItsOwnerCanEnterWhatIsRemembered() throws IOException {
        Path state = operators(folder).state();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        assertThat(state).isEqualTo(folder.resolve("state"));
    }

    @Test
    void whatIsRememberedIsThereAtTheNextStart() throws IOException {
        Path remembered = Files.createFile(operators(folder).state().resolve("remembered"));

        operators(folder);

        assertThat(remembered).exists();
    }

    @Test
    void anInstanceRemembersNothing() throws IOException {
        Instance instance = Instance.createIn(folder);
        try {
            assertThat(OperatorFolder.of(null, instance).state()).doesNotExist();
        } finally {
            instance.delete();
        }
    }

    @Test
    void namesWhatCannotBeMade() throws IOException {
        Files.createFile(folder.resolve("state"));

        assertThatThrownBy(() -> operators(folder)).hasMessage("--config " + folder + ": cannot make the folder state");
    }

    private static OperatorFolder operators(Path folder) throws IOException {
        Instance instance = Instance.create();
        try {
            return OperatorFolder.of(folder, instance);
        } finally {
            instance.delete();
        }
    }
}
