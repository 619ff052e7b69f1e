// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.io.IOException;
import java.io.Reader;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one cluster across restarts, in a file of its own. The file is whole at any time: it is written
 * beside itself and moved. Used by one thread at a time.
 */
final class Memory {

    private static final String SYSTEM = "system.id";
    private static final String TIMELINE = "timeline";
    private static final String BEGIN = "timeline.begin";

    private final Path file;

    /** @param folder need not be there yet */
    Memory(Path folder, String cluster) {
        this.file = folder.resolve(URLEncoder.encode(cluster, StandardCharsets.UTF_8) + ".properties");
    }

    /** Null when there is no file. Throws when there is one that can't be read, and says the way out. */
    @Nullable
    Remembered load() throws IOException {
        if (Files.notExists(file)) {
            return null;
        }
        try (Reader reader = Files.newBufferedReader(file)) {
            Properties properties = new Properties();
            properties.load(reader);
            Remembered remembered = new Remembered(
                    required(properties, SYSTEM),
                    Integer.parseInt(required(properties, TIMELINE)),
                    Lsn.parse(required(properties, BEGIN)));
            if (!remembered.primaryAccepted()) {
                throw new IllegalArgumentException(TIMELINE + " is " + remembered.timeline());
            }
            return remembered;
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(
                    ("what is remembered of the cluster's history can't be read, so an old primary could not be told from"
                                    + " the right one: %s: %s; make sure that no old primary runs, then delete that file")
                            .formatted(file, e.getMessage() == null ? e : e.getMessage()),
                    e);
        }
    }

    /** Returns when it is on the disk. */
    void store(Remembered remembered) throws IOException {
        String text = "# What UCM has seen of this cluster: a primary with less is refused.\n%s=%s\n%s=%d\n%s=%s\n"
                .formatted(SYSTEM, remembered.systemId(), TIMELINE, remembered.timeline(), BEGIN, remembered.begin());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel out = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(
                    ("%s can't be written: %s; without it an old primary would be taken for the right one after a restart;"
                                    + " make the folder writable, or set ucm.state.folder to one that is")
                            .formatted(file, e),
                    e);
        }
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }
}
