// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {

    private static final Remembered SOMETHING = new Remembered("7431", 3, Lsn.parse("0/5000060"));

    @TempDir
    Path folder;

    @Test
    void knowsNothingAtFirst() throws IOException {
        assertThat(new Memory(folder.resolve("new"), "main").load()).isNull();
    }

    @Test
    void outlivesItsProcess() throws IOException {
        new Memory(folder.resolve("new"), "main").store(SOMETHING);

        assertThat(new Memory(folder.resolve("new"), "main").load()).isEqualTo(SOMETHING);
    }

    @Test
    void keepsTheLastOnly() throws IOException {
        Memory memory = new Memory(folder, "main");
        memory.store(new Remembered("7431", 1, Lsn.START));
        memory.store(SOMETHING);

        assertThat(memory.load()).isEqualTo(SOMETHING);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("main.properties"));
        }
    }

    @Test
    void keepsClustersApart() throws IOException {
        new Memory(folder, "main").store(SOMETHING);

        assertThat(new Memory(folder, "other").load()).isNull();
    }

    @Test
    void remembersAPromotionBesideTheHistory() throws IOException {
        Evidence evidence = new Evidence("n1", "7431", 3, Lsn.parse("0/5000060"), Lsn.parse("0/6000000"));
        Memory memory = new Memory(folder.resolve("new"), "main");
        assertThat(memory.loadPledge()).isNull();
        memory.store(SOMETHING);
        memory.store(Pledge.begun(evidence, null, TestNode.AT));
        assertThat(new Memory(folder.resolve("new"), "main").loadPledge())
                .isEqualTo(Pledge.begun(evidence, null, TestNode.AT));

        memory.store(Pledge.begun(evidence, "n2", TestNode.AT));
        Pledge told = new Memory(folder.resolve("new"), "main").loadPledge();
        assertThat(told).isEqualTo(Pledge.begun(evidence, "n2", TestNode.AT));
        assertThat(told.isFor(SOMETHING)).isTrue();
        assertThat(told.isFor(new Remembered("7431", 4, Lsn.parse("0/5000060"))))
                .isFalse();
        assertThat(told.evidence(TestNode.AT.plusSeconds(60))).isEqualTo(evidence);
        assertThat(told.evidence(TestNode.AT.plusSeconds(61))).isNull();
        assertThat(memory.load()).isEqualTo(SOMETHING);

        Pledge left = Pledge.left(evidence, "n2", TestNode.AT, TestNode.AT.minusSeconds(4));
        memory.store(left);
        assertThat(new Memory(folder.resolve("new"), "main").loadPledge()).isEqualTo(left);
    }

    @Test
    void aPromotionThatCannotBeReadIsAnErrorWithAWayOut() throws IOException {
        Files.writeString(folder.resolve("main.promotion"), "nonsense");

        assertThatThrownBy(() -> new Memory(folder, "main").loadPledge())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("main.promotion").toString())
                .hasMessageContaining("delete that file");
    }

    @Test
    void staysInItsFolder() throws IOException {
        new Memory(folder.resolve("ha"), "../escaped").store(SOMETHING);

        assertThat(folder.resolve("ha")).isNotEmptyDirectory();
        assertThat(new Memory(folder.resolve("ha"), "../escaped").load()).isEqualTo(SOMETHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "system.id=7431\ntimeline=3\n",
                "system.id=\ntimeline=3\ntimeline.begin=0/0\n",
                "system.id=7431\ntimeline=three\ntimeline.begin=0/0\n",
                "system.id=7431\ntimeline=0\ntimeline.begin=0/0\n",
                "system.id=7431\ntimeline=3\ntimeline.begin=nowhere\n",
                "\\uXYZ",
            })
    void whatIsNoMemoryIsAnErrorWithAWayOut(String content) throws IOException {
        Files.writeString(folder.resolve("main.properties"), content);

        assertThatThrownBy(() -> new Memory(folder, "main").load())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("main.properties").toString())
                .hasMessageContaining("delete that file");
    }

    @Test
    void whatCannotBeWrittenIsAnErrorWithAWayOut() throws IOException {
        Path file = Files.createFile(folder.resolve("ha"));

        assertThatThrownBy(() -> new Memory(file, "main").store(SOMETHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.resolve("main.properties").toString())
                .hasMessageContaining("ucm.state.folder");
    }
}
