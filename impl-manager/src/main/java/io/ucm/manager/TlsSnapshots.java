// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies of checked content for the driver, which reads files whenever it connects: a folder for each content, written
 * once. Only this process's user can read them, and keys are encrypted with a password that only this object knows. Not
 * thread-safe.
 */
final class TlsSnapshots {

    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final Secret password = new Secret(UUID.randomUUID().toString());
    private Set<Path> unusedBefore = Set.of();

    TlsSnapshots(Path folder) {
        this.folder = folder;
    }

    /** The content as the driver can use it. */
    Tls keep(TlsMode mode, TlsContent content) throws IOException, GeneralSecurityException {
        Path kept = folder.resolve(content.fingerprint());
        if (!Files.isDirectory(kept)) {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder, PRIVATE_FOLDER);
            }
            Path fresh = folder.resolve("unfinished");
            delete(fresh);
            Files.createDirectory(fresh, PRIVATE_FOLDER);
            write(fresh.resolve(Tls.ROOT_FILE), content.root());
            write(fresh.resolve(Tls.CERTIFICATE_FILE), content.certificate());
            PrivateKey key = content.key();
            write(fresh.resolve(Tls.KEY_FILE), key == null ? null : PemKey.encrypted(key, password));
            Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Tls(mode, kept, content.root() != null, content.key() != null, password);
    }

    /**
     * Deletes what is in no use, the second time that it is found so: whoever took it up just before the first may be
     * about to connect with it.
     */
    void sweep(Set<Path> used) {
        Set<Path> unused = new HashSet<>(list());
        unused.removeAll(used);
        for (Path path : unused) {
            if (unusedBefore.contains(path)) {
                delete(path);
            }
        }
        unusedBefore = unused;
    }

    void clear() {
        delete(folder);
    }

    private List<Path> list() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte @Nullable [] content) throws IOException {
        if (content != null) {
            Files.write(Files.createFile(file, PRIVATE_FILE), content);
        }
    }

    private static void delete(Path top) {
        if (!Files.exists(top)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(top)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
