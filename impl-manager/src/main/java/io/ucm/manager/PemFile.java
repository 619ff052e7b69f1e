// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that an attribute of the configuration names. Immutable; its content may change at any time. */
record PemFile(Origin origin, String attribute, Path path) {

    private static final int MAX_BYTES = 1 << 20;

    /** Null when the attribute is empty. */
    static @Nullable PemFile of(Origin origin, String attribute, String value) {
        if (value.isBlank()) {
            return null;
        }
        try {
            Path path = Path.of(value);
            if (path.isAbsolute()) {
                return new PemFile(origin, attribute, path.normalize());
            }
        } catch (InvalidPathException e) {
            // No absolute path either.
        }
        throw new IllegalArgumentException(attribute + ": '" + value + "': must be an absolute path");
    }

    /** What is in it now. */
    byte[] read() {
        if (Files.isDirectory(path)) {
            throw wrong("is a folder; a PEM file is needed");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw wrong("is no regular file");
        }
        try (InputStream stream = Files.newInputStream(path)) {
            byte[] content = stream.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw wrong("is larger than " + MAX_BYTES + " bytes; a PEM file is needed");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw wrong("there is no such file");
        } catch (AccessDeniedException e) {
            throw wrong("may not be read by the user '" + System.getProperty("user.name") + "'");
        } catch (IOException e) {
            throw wrong("can't be read: " + e.getMessage());
        }
    }

    /** What to throw when its content won't do. */
    IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(this + ": " + why);
    }

    /** The attribute and the path. */
    String named() {
        return attribute + ": '" + path + "'";
    }

    @Override
    public String toString() {
        return origin + ": " + named();
    }
}
