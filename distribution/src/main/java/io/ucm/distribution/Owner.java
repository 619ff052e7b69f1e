// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/** The user of this process, as the file system sees it: a name in a property or the environment proves nothing. */
final class Owner {

    private static final UserPrincipal SELF = find();

    private Owner() {}

    /** Whether the file itself, not what it links to, is this user's. */
    static boolean owns(Path file) throws IOException {
        return SELF.equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS));
    }

    static String name() {
        return SELF.getName();
    }

    private static UserPrincipal find() {
        try {
            Path file = Files.createTempFile("ucm-owner-", null);
            try {
                return Files.getOwner(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
