// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.cm.Configuration;

class SecretWatchTest {

    private static final String APP = "io.ucm.mode~app";
    private static final String READ = "io.ucm.mode~read";

    @TempDir
    private Path folder;

    private final FakeAdmin admin = new FakeAdmin();
    private SecretWatch watch;

    @BeforeEach
    void watches() throws IOException {
        write("app", "first");
        write("read", "other");
        watch = watch();
        give(APP, ".password", "$[secret:app]");
        give(READ, ".password", "$[secret:read]");
        give("io.ucm.ha", "probe.interval.ms", "$[env:INTERVAL;default=500]");
        watch.look();
        admin.given();
    }

    @AfterEach
    void ends() {
        watch.close();
    }

    @Test
    void whoNamesAChangedSecretIsGivenOutAgainAndNobodyElse() throws IOException {
        write("app", "second");

        looks(3);

        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void allWhoNameItAreGivenOut() throws IOException {
        give("io.ucm.cluster~main", "nodes", new String[] {"n1=x:1", "n2=$[secret:host]:$[secret:app;type=String]"});
        admin.given();
        write("app", "second");

        looks(3);

        assertThat(admin.given()).containsExactlyInAnyOrder(APP, "io.ucm.cluster~main");
    }

    @Test
    void nothingIsGivenOutWhileNothingChanges() throws IOException {
        write("app", "first\n");
        Files.setLastModifiedTime(folder.resolve("app"), FileTime.fromMillis(1));

        looks(4);

        assertThat(admin.given()).isEmpty();
    }

    @Test
    void aFileThatIsBeingWrittenIsWaitedFor() throws IOException {
        write("app", "sec");
        looks(1);
        write("app", "second");
        looks(1);
        Files.setLastModifiedTime(folder.resolve("app"), FileTime.fromMillis(1));
        looks(1);
        assertThat(admin.given()).isEmpty();

        looks(1);
        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void oneThatWantsTwoSecretsIsGivenOutWhenBothStandStill() throws IOException {
        write("user", "somebody");
        give(APP, ".password", "$[secret:app]", "user", "$[secret:user]");
        admin.given();
        write("app", "second");
        looks(1);
        write("user", "somebody else");
        looks(1);
        assertThat(admin.given()).isEmpty();

        looks(2);
        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void aSecretThatComesLateIsTaken() throws IOException {
        give(APP, ".password", "$[secret:late]");
        admin.given();
        looks(2);
        write("late", "");
        looks(2);
        assertThat(admin.given()).isEmpty();

        write("late", "here");
        looks(2);
        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void oneThatIsGoneEmptyOrNoFileChangesNothing() throws IOException {
        Files.delete(folder.resolve("app"));
        looks(3);
        write("app", " \n");
        looks(3);
        Files.delete(folder.resolve("app"));
        Files.createDirectory(folder.resolve("app"));
        looks(3);
        assertThat(admin.given()).isEmpty();

        Files.delete(folder.resolve("app"));
        write("app", "first");
        looks(3);
        assertThat(admin.given()).as("it is what it was").isEmpty();

        write("app", "second");
        looks(3);
        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void aChangeWaitsWhileAnotherSecretOfTheSameConfigurationIsGone() throws IOException {
        write("user", "somebody");
        give(APP, ".password", "$[secret:app]", "user", "$[secret:user]");
        admin.given();
        Files.delete(folder.resolve("user"));
        write("app", "second");
        looks(3);
        assertThat(admin.given()).isEmpty();

        write("user", "somebody");
        looks(3);
        assertThat(admin.given()).containsExactly(APP);
    }

    /** The way of Kubernetes: each name is a link through a link, which is exchanged as a whole. */
    @Test
    void linksAreFollowed() throws IOException {
        write("..2026_1/linked", "first");
        write("..2026_2/linked", "second");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_1"));
        Files.createSymbolicLink(folder.resolve("linked"), Path.of("..data/linked"));
        give(APP, ".password", "$[secret:linked]");
        admin.given();
        looks(2);

        Files.createSymbolicLink(folder.resolve("..new"), Path.of("..2026_2"));
        Files.move(folder.resolve("..new"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        looks(2);

        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void whatChangesBetweenTheConfigurationAndTheFirstLookIsNotMissed() throws IOException {
        give("io.ucm.mode~new", ".password", "$[secret:app]");
        write("app", "second");
        admin.given();

        looks(2);

        assertThat(admin.given()).contains("io.ucm.mode~new");
    }

    @Test
    void aConfigurationThatIsGivenOutByOthersHasTheNewSecretAlready() throws IOException {
        write("app", "second");
        give(APP, ".password", "$[secret:app]");
        admin.given();

        looks(3);

        assertThat(admin.given()).isEmpty();
    }

    @Test
    void whatWasThereBeforeTheWatchIsWatched() throws IOException {
        SecretWatch later = watch();
        write("app", "second");

        later.look();
        later.look();

        assertThat(admin.given()).containsExactly(APP);
        later.close();
    }

    @Test
    void aConfigurationThatIsDeletedMeanwhileHoldsUpNobody() throws IOException {
        admin.deletesJustAfterListing(READ);
        write("app", "second");

        looks(2);

        assertThat(admin.given()).containsExactly(APP);
    }

    @Test
    void whatIsNoFileIsNotRead() throws IOException {
        Files.createDirectory(folder.resolve("directory"));
        assertThat(new SecretFolders(List.of(folder)).look("directory").trouble())
                .isEqualTo(folder.resolve("directory") + " is no regular file");
    }

    @Test
    void ofSeveralFoldersTheFirstThatHasTheFileCounts() throws IOException {
        SecretFolders folders = SecretFolders.of(folder.resolve("a") + " , " + folder.resolve("b"));
        write("b/app", "second");
        SecretLook fromSecond = folders.look("app");
        write("a/app", "first");

        assertThat(fromSecond.isThere()).isTrue();
        assertThat(folders.look("app").sameSecret(fromSecond)).isFalse();
        assertThat(folders.look("../read").trouble()).startsWith("there is no such file in [" + folder);
        assertThat(SecretFolders.of(null).look("app").isThere()).isFalse();
    }

    @Test
    void placeholdersNameSecrets() {
        assertThat(SecretFolders.named(Map.of(
                        "a",
                        "$[secret:one]/$[secret:two;default=x]",
                        "b",
                        new String[] {"none", "$[secret:three/four]"},
                        "c",
                        new Integer[] {1},
                        "d",
                        5L,
                        "e",
                        "$[env:secret]")))
                .containsExactly("one", "three/four", "two");
    }

    private SecretWatch watch() {
        SecretWatch made = new SecretWatch(admin.admin(), new SecretFolders(List.of(folder)));
        admin.tell(made);
        return made;
    }

    private Configuration give(String pid, Object... values) throws IOException {
        Hashtable<String, Object> properties = new Hashtable<>();
        for (int i = 0; i < values.length; i += 2) {
            properties.put((String) values[i], values[i + 1]);
        }
        Configuration made = admin.make(pid);
        watch.give(made, properties);
        return made;
    }

    private void looks(int count) {
        for (int i = 0; i < count; i++) {
            watch.look();
        }
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
