// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.spi.NodeAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * A tablespace in a node's data folder that is a file system of its own there, of 16 MB; on its replicas it is an ordinary folder.
 * {@link #close} puts everything back.
 */
final class SmallDisk implements AutoCloseable {

    private static final String SIZE = "16m";
    private static final int BLOCK = 4096;
    /** More than there is room for. */
    private static final String ROWS =
            "INSERT INTO %1$s SELECT one.* FROM (SELECT * FROM %1$s LIMIT 1) AS one, generate_series(1, 1000000)";

    private final ChaosKit kit;
    private final String node;
    private final Path settings;
    private final String before;
    private final Connection superuser;
    private final Path folder;
    private @Nullable String taken;

    private SmallDisk(ChaosKit kit, String node, Path data) throws Exception {
        this.kit = kit;
        this.node = node;
        this.settings = data.resolve("pg_hba.conf");
        this.before = Files.readString(settings);
        this.superuser = superuser();
        sql("SET allow_in_place_tablespaces = on");
        sql("CREATE TABLESPACE small LOCATION ''");
        this.folder = data.resolve("pg_tblspc").resolve(ask("SELECT oid FROM pg_tablespace WHERE spcname = 'small'"));
    }

    /** Null, and says so, where nothing can be mounted. */
    static @Nullable SmallDisk in(ChaosKit kit, String node) throws Exception {
        Path tried = Files.createTempDirectory("ucm-disk-");
        if (!mount(tried)) {
            System.err.println("SmallDisk: skipped: who runs this may not mount a file system");
            return null;
        }
        unmount(tried);
        Files.delete(tried);
        SmallDisk disk = new SmallDisk(kit, node, Path.of(kit.sql(node, "SHOW data_directory")));
        disk.mount();
        return disk;
    }

    /** Nobody has its password: it is let in without one. */
    private Connection superuser() throws Exception {
        String name = kit.sql(node, "SELECT rolname FROM pg_roles WHERE rolsuper");
        Files.writeString(settings, "host all %s 127.0.0.1/32 trust%n%s".formatted(name, before));
        kit.sql(node, "SELECT pg_reload_conf()");
        NodeAddress address = kit.address(node);
        String url = "jdbc:postgresql://%s:%d/%s"
                .formatted(address.host(), address.port(), kit.sql(node, "SELECT current_database()"));
        Properties properties = new Properties();
        properties.setProperty("user", name);
        Connection[] opened = new Connection[1];
        ContainerShell.await(
                "it is let in",
                () -> {
                    try {
                        opened[0] = new Driver().connect(url, properties);
                        return "in";
                    } catch (SQLException e) {
                        return e.getMessage();
                    }
                },
                "in"::equals);
        return opened[0];
    }

    private void mount() throws IOException, InterruptedException {
        try (var versions = Files.list(folder)) {
            Path version = versions.findFirst().orElseThrow();
            if (!mount(folder)) {
                throw new IOException("cannot mount " + folder);
            }
            Files.createDirectory(version);
            for (Path made : new Path[] {folder, version}) {
                Files.setOwner(made, Files.getOwner(settings));
            }
        }
    }

    private static boolean mount(Path folder) throws IOException, InterruptedException {
        return run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "ucm-test", folder.toString());
    }

    /** Files that are open still do not matter. */
    private static void unmount(Path folder) throws IOException, InterruptedException {
        run("umount", "-l", folder.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            System.err.println("SmallDisk: " + e.getMessage());
            return false;
        }
    }

    /** That table is on it from now on. */
    void take(String table) throws SQLException {
        sql("ALTER TABLE %s SET TABLESPACE small".formatted(table));
        taken = table;
    }

    /** There is no room on it any more, nor in the pages that the table has got ahead, which last for seconds. */
    void fill() {
        try (OutputStream file = Files.newOutputStream(filler())) {
            while (true) {
                file.write(new byte[BLOCK]);
            }
        } catch (IOException e) {
            System.err.println("SmallDisk: " + e.getMessage());
        }
        try {
            sql(ROWS.formatted(taken));
        } catch (SQLException e) {
            System.err.println("SmallDisk: " + e.getMessage());
        }
    }

    /** There is again. */
    void empty() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    private void sql(String sql) throws SQLException {
        try (Statement statement = superuser.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (Statement statement = superuser.createStatement();
                ResultSet told = statement.executeQuery(sql)) {
            told.next();
            return told.getString(1);
        }
    }

    @Override
    public void close() throws Exception {
        empty();
        if (taken != null) {
            sql("ALTER TABLE %s SET TABLESPACE pg_default".formatted(taken));
        }
        // So that nothing is to be written there any more.
        sql("CHECKPOINT");
        unmount(folder);
        sql("DROP TABLESPACE small");
        superuser.close();
        Files.writeString(settings, before);
        kit.sql(node, "SELECT pg_reload_conf()");
    }
}
