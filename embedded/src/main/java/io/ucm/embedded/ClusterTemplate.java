// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a data folder with the roles and the database, before any server has run on it: copies of it are nodes of one
 * cluster. Stateless.
 */
final class ClusterTemplate {

    /** In the data folder, which is where the server that reads it runs. */
    static final String REPLICATION_PASSWORD_FILE = "replication.pass";

    private ClusterTemplate() {}

    /** The logs and, for a moment, a password file go beside the folder. */
    static void create(Path folder, PostgresPrograms programs, ClusterRoles roles)
            throws IOException, InterruptedException {
        programs.user().createFolder(folder);
        Step.of("cluster", "initialized", () -> initialize(folder, programs));
        Files.writeString(folder.resolve("postgresql.conf"), Resources.text("postgresql.conf"));
        programs.user()
                .createSecret(
                        folder.resolve(REPLICATION_PASSWORD_FILE),
                        "*:*:*:" + roles.replication().user() + ":"
                                + roles.replication().password() + "\n");
        Step.of("roles and database", "created", () -> createRoles(folder, programs, roles));
    }

    private static void initialize(Path folder, PostgresPrograms programs) throws IOException, InterruptedException {
        // Nobody keeps the superuser's password: what UCM needs is granted to its own roles.
        Path password = folder.resolveSibling("superuser.pass");
        try {
            programs.user()
                    .createSecret(password, Credentials.random("postgres").password());
            ServerProcess.run(
                    "initdb",
                    programs.command(
                            "initdb",
                            "--pgdata=" + folder,
                            "--username=postgres",
                            "--auth=scram-sha-256",
                            "--pwfile=" + password,
                            "--encoding=UTF8",
                            "--locale-provider=builtin",
                            "--builtin-locale=C.UTF-8",
                            "--locale=C",
                            // Leaves the unused part of the WAL segment a hole.
                            "-c",
                            "wal_init_zero=off",
                            "-c",
                            "dynamic_shared_memory_type=mmap",
                            "--no-sync",
                            "--no-instructions"),
                    folder.resolveSibling("initdb.log"),
                    null);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    private static void createRoles(Path folder, PostgresPrograms programs, ClusterRoles roles)
            throws IOException, InterruptedException {
        ServerProcess.run(
                "postgres --single",
                programs.command(
                        "postgres",
                        "--single",
                        "-D",
                        folder.toString(),
                        "-j",
                        "-F",
                        "-c",
                        "synchronous_standby_names=",
                        "-c",
                        "exit_on_error=on",
                        // Statements carry passwords and stay out of the log.
                        "-c",
                        "log_statement=none",
                        "-c",
                        "log_min_error_statement=panic",
                        "template1"),
                folder.resolveSibling("roles.log"),
                roles.fill(Resources.text("cluster.sql")));
    }
}
