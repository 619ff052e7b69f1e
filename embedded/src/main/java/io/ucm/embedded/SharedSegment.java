// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The small segment of the kernel's shared memory that a killed PostgreSQL server leaves. Stateless. Removed where the
 * kernel tells that it is that server's and that nobody uses it (Linux); elsewhere a server that starts on the same
 * folder again does it.
 */
final class SharedSegment {

    private static final Path SEGMENTS = Path.of("/proc/sysvipc/shm");
    private static final File NOTHING = new File("/dev/null");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int PID_LINE = 0;
    private static final int SEGMENT_LINE = 6;

    private SharedSegment() {}

    /** Removes the segment of the dead server whose {@code postmaster.pid} is still in the data folder, if any. */
    static void remove(Path folder) {
        try {
            Path file = folder.resolve("postmaster.pid");
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() > SEGMENT_LINE) {
                String[] keyAndId = lines.get(SEGMENT_LINE).trim().split(" +");
                String id = keyAndId[keyAndId.length - 1];
                if (unused(id, lines.get(PID_LINE).trim())) {
                    Process program = new ProcessBuilder("ipcrm", "-m", id)
                            .redirectInput(NOTHING)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    BoundedWait.uninterruptibly(LIMIT, () -> !program.isAlive());
                }
            }
        } catch (IOException e) {
            // No such program, or no right: 56 bytes stay until the machine's end.
        }
    }

    private static boolean unused(String id, String creator) throws IOException {
        if (!Files.isReadable(SEGMENTS)) {
            return false;
        }
        return Files.readAllLines(SEGMENTS).stream()
                .map(line -> line.trim().split(" +"))
                .anyMatch(segment -> segment.length > 6
                        && segment[1].equals(id)
                        && segment[4].equals(creator)
                        && segment[6].equals("0"));
    }
}
