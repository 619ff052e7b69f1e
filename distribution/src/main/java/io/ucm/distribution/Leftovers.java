// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes what containers left that were killed: folders of our name pattern and our owner, whose lock was held once and
 * is held no more. One with servers' records in it belongs to the embedded bundle, which ends those servers first.
 */
final class Leftovers {

    private static final Pattern NAME = Pattern.compile(Pattern.quote(Instance.PREFIX) + "[0-9]+");

    private final Path parent;
    private final Progress progress;

    Leftovers(Path parent, Progress progress) {
        this.parent = parent;
        this.progress = progress;
    }

    /** Says what it removed, and what it could not. */
    void remove(Instance own) throws IOException {
        List<Path> candidates;
        try (Stream<Path> entries = Files.list(parent)) {
            candidates = entries.filter(entry -> isCandidate(entry, own)).toList();
        }
        for (Path folder : candidates) {
            try {
                removeIfDead(folder);
            } catch (IOException e) {
                progress.say("could not remove " + folder + ", which a killed container left: " + Failure.message(e));
            }
        }
    }

    /** Our own lock must not be opened again: closing it would give it up. */
    private static boolean isCandidate(Path entry, Instance own) {
        return NAME.matcher(entry.getFileName().toString()).matches() && !entry.equals(own.folder());
    }

    private void removeIfDead(Path folder) throws IOException {
        Path file = folder.resolve(Instance.LOCK);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !Owner.owns(folder)
                || Files.exists(folder.resolve("embedded"), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Optional<HeldLock> lock = HeldLock.tryTakeExisting(file);
        if (lock.isPresent()) {
            try {
                Instance.delete(folder);
                progress.say("removed " + folder + ", which a killed container left");
            } finally {
                lock.get().close();
            }
        }
    }
}
