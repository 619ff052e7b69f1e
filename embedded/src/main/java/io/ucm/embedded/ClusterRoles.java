// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The database roles that have a password. Immutable.
 *
 * @param modes by mode; the role is the mode's name in lower case
 * @param highAvailability for watching and promoting nodes
 * @param replication for the replicas
 * @param embedded for this bundle's own look at the nodes, and for copying the primary
 */
record ClusterRoles(
        Map<String, Credentials> modes, Credentials highAvailability, Credentials replication, Credentials embedded) {

    private static final List<String> MODES =
            List.of("MCP_SERVER", "ML_TRAINING", "ADMIN", "ASYNC_MODERN", "HIGH_AVAILABILITY");

    static ClusterRoles random() {
        return with(Credentials::random);
    }

    private static ClusterRoles with(Function<String, Credentials> credentials) {
        Map<String, Credentials> modes = new LinkedHashMap<>();
        for (String mode : MODES) {
            modes.put(mode, credentials.apply(mode.toLowerCase(Locale.ROOT)));
        }
        return new ClusterRoles(
                Collections.unmodifiableMap(modes),
                credentials.apply("ucm_ha"),
                credentials.apply("ucm_replication"),
                credentials.apply("ucm_embedded"));
    }

    /** What {@link #save} wrote. */
    static ClusterRoles load(Path file) throws IOException {
        Properties passwords = new Properties();
        try (InputStream stream = Files.newInputStream(file)) {
            passwords.load(stream);
        }
        ClusterRoles roles = with(user -> new Credentials(user, passwords.getProperty(user, "")));
        for (Credentials role : roles.all().toList()) {
            if (role.password().isEmpty()) {
                throw new IOException(file + " has no password of role " + role.user());
            }
        }
        return roles;
    }

    /** Writes the passwords into a file that only this process's user can read; it appears when it is whole. */
    void save(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                unfinished,
                all().map(role -> role.user() + "=" + role.password()).toList());
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Stream<Credentials> all() {
        return Stream.concat(modes.values().stream(), Stream.of(highAvailability, replication, embedded));
    }

    /** The script with each {@code :'role'} replaced by that role's quoted password. */
    String fill(String script) {
        String filled = script;
        for (Credentials role : all().toList()) {
            filled = filled.replace(":'" + role.user() + "'", "'" + role.password() + "'");
        }
        return filled;
    }
}
