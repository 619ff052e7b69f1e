// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static io.ucm.embedded.TestServers.ask;
import static io.ucm.embedded.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A folder that outlives its containers. */
@ExtendWith(TestServers.class)
class KeptDataTest {

    private static final String HA = "io.ucm.cluster~main";
    private static final String ADMIN_MODE = "io.ucm.mode~main-ADMIN";

    @TempDir(factory = InMemory.class)
    Path parent;

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();
    private Path data;

    @BeforeEach
    void place() throws IOException {
        Folders.permit(parent, "rwx--x--x");
        data = parent.resolve("data");
    }

    private EmbeddedServers start() {
        return TestServers.start(Map.of("ucm.embedded.data", data.toString()), admin);
    }

    private String cluster(String node) throws SQLException {
        try (Connection ha = TestServers.connect(admin, node, HA)) {
            return ask(ha, "select system_identifier from pg_control_system()");
        }
    }

    private String rows(String node) throws SQLException {
        try (Connection connection = TestServers.connect(admin, node, ADMIN_MODE)) {
            return ask(connection, "select string_agg(note, ' ' order by note) from entry");
        }
    }

    private String replicas(String primary) throws SQLException {
        try (Connection ha = TestServers.connect(admin, primary, HA)) {
            return ask(
                    ha,
                    "select string_agg(application_name || ' ' || state, ', ' order by application_name)"
                            + " from pg_stat_replication");
        }
    }

    private void insert(String primary, String note) throws SQLException {
        try (Connection connection = TestServers.connect(admin, primary, ADMIN_MODE)) {
            run(connection, "create table if not exists entry(note text)");
            run(connection, "insert into entry values ('" + note + "')");
        }
    }

    @Test
    void rowsAndRolesOutliveStopsKillsAndAPromotion() throws Exception {
        EmbeddedServers first = start();
        String cluster = cluster("n1");
        insert("n1", "1-first");
        first.stop();
        assertThat(TestServers.children()).isEmpty();
        assertThat(data.resolve("n1")).isDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("roles"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("state"))))
                .isEqualTo("rwx------");
        Path remembered = Files.createFile(data.resolve("state/remembered"));

        EmbeddedServers second = start();
        assertThat(remembered).exists();
        assertThat(cluster("n1")).isEqualTo(cluster);
        assertThat(rows("n3")).isEqualTo("1-first");
        TestServers.commands().kill(false, "n1");
        try (Connection ha = TestServers.connect(admin, "n2", HA)) {
            assertThat(ask(ha, "select pg_promote(true, 10)")).isEqualTo("t");
        }
        TestServers.commands().rejoin(false, "n3");
        insert("n2", "2-promoted");
        second.stop();

        try (ContainerProcess killed = ContainerProcess.start(Map.of("ucm.embedded.data", data.toString()))) {
            assertThatThrownBy(this::start)
                    .hasMessageContaining(
                            "ucm.embedded.data=" + data + ": is in use by the container of process " + killed.pid());
            assertThat(killed.servers).noneMatch(TestServers::gone);
            killed.kill();

            EmbeddedServers third = start();

            assertThat(killed.servers).allMatch(TestServers::gone);
            assertThat(replicas("n2")).isEqualTo("n1 streaming, n3 streaming");
            assertThat(cluster("n1")).isEqualTo(cluster);
            assertThat(rows("n2")).isEqualTo("1-first 2-promoted");
            insert("n2", "3-last");
            third.stop();
        }
        // A clean stop brought everything to the replicas.
        for (String node : List.of("n1", "n3")) {
            assertThat(new NodeFolder(data.resolve(node)).replica()).isTrue();
        }
        assertThat(Folders.list(data)).noneMatch(Ownership::is);
    }

    @Test
    void aFolderThatIsNotOursIsRefusedAndLeftAsItIs() throws Exception {
        Files.createDirectory(data);
        Files.writeString(data.resolve("mine"), "mine");
        assertThatThrownBy(this::start)
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("ucm.embedded.data=" + data + ": was not made by UCM: it contains 'mine'; allowed"
                        + " are an empty folder, a new one in a folder that is there, and one that an earlier run"
                        + " made");
        assertThat(Folders.list(data)).containsExactly(data.resolve("mine"));
    }

    @Test
    void aFolderOfAnotherPostgresIsRefused() throws Exception {
        Files.createDirectory(data);
        Files.write(data.resolve("format"), List.of("format=1", "postgres=12"));
        assertThatThrownBy(this::start)
                .hasMessageContaining("ucm.embedded.data=" + data + ": was made by PostgreSQL 12, and this UCM brings "
                        + new PackagedBinaries(Platform.current()).postgresMajor());
        Files.write(data.resolve("format"), List.of("format=2", "postgres=17"));
        assertThatThrownBy(this::start).hasMessageContaining("has format 2, and this UCM knows 1");
        assertThat(Folders.list(data)).containsExactly(data.resolve("format"));
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "mine");
        data = file;
        assertThatThrownBy(this::start).hasMessageContaining("ucm.embedded.data=" + file + ": is no folder that");
        data = file.resolve("data");
        assertThatThrownBy(this::start)
                .hasMessageContaining("can't be made, because " + file + " is no folder; allowed are");
        data = parent.resolve("missing/data");
        assertThatThrownBy(this::start)
                .hasMessageContaining("can't be made, because " + parent.resolve("missing") + " is no folder");
        assertThat(parent.resolve("missing")).doesNotExist();
    }

    @Test
    void anUnfinishedOneIsMadeAnew() throws Exception {
        Files.createDirectories(data.resolve("n1/base"));
        Path remembered =
                Files.createFile(Files.createDirectory(data.resolve("state")).resolve("remembered"));
        Files.write(data.resolve("format"), List.of("format=1", "postgres=17"));
        admin.refused = HA;
        assertThatThrownBy(this::start).hasMessageContaining("configuration not published");
        assertThat(new NodeFolder(data.resolve("n1")).made()).isTrue();
        assertThat(data.resolve("roles")).exists();
        assertThat(remembered).doesNotExist();
    }

    @Test
    void aTakenPortIsNamedWithWhoNeedsItBeforeAnythingIsMade() throws Exception {
        try (ServerSocket taken = secondOfTwoFree()) {
            int first = taken.getLocalPort() - 1;
            Map<String, String> properties =
                    Map.of("ucm.embedded.data", data.toString(), "ucm.embedded.port", Integer.toString(first));
            assertThatThrownBy(() -> TestServers.start(properties, admin))
                    .isInstanceOf(ServerFailedException.class)
                    .hasMessageStartingWith("embedded: port " + taken.getLocalPort()
                            + " of 127.0.0.1 is taken, and n2 needs it, because ucm.embedded.port=" + first
                            + " gives n1, n2, n3 and redis the ports " + first + " to " + (first + 3) + "; end who");
        }
        assertThat(data).doesNotExist();
    }

    /** A socket on a free port after another free one. */
    private static ServerSocket secondOfTwoFree() throws IOException {
        while (true) {
            int first = new FreePorts().take(1).get(0);
            List<ServerSocket> held = new ArrayList<>();
            FreePorts.tryToHold(first + 1, held);
            if (!held.isEmpty()) {
                return held.get(0);
            }
        }
    }

    @Test
    void whatIsRememberedOfItGoesWhenAClusterIsMadeAnew() throws Exception {
        Path state = Files.createDirectory(parent.resolve("state"));
        Path bundle = Files.createDirectory(state.resolve("ha"));
        Path ours = Files.createFile(bundle.resolve("main.properties"));
        Path others = Files.createFile(bundle.resolve("mainland.properties"));
        Map<String, String> properties =
                Map.of("ucm.embedded.data", data.toString(), "ucm.state.folder", state.toString());

        TestServers.start(properties, admin).stop();
        assertThat(ours).doesNotExist();
        assertThat(others).exists();

        Files.createFile(ours);
        TestServers.start(properties, admin).stop();
        assertThat(ours).exists();
    }

    @Test
    void timelinesAreReadAsHexadecimal() throws Exception {
        NodeFolder node = new NodeFolder(data);
        assertThat(node.timeline()).isOne();
        Files.createDirectories(data.resolve("pg_wal"));
        for (String name : List.of("00000002.history", "0000000A.history", "0000000A.history.tmp", "x.history")) {
            Files.createFile(data.resolve("pg_wal").resolve(name));
        }
        assertThat(node.timeline()).isEqualTo(10);
    }
}
