// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one cluster across restarts: its history in one file, the promotion that was begun last in another.
 * A file is whole at any time: it is written beside itself and moved. Each is written by one thread at a time.
 */
final class Memory {

    private static final String SYSTEM = "system.id";
    private static final String TIMELINE = "timeline";
    private static final String BEGIN = "timeline.begin";

    private static final String PRIMARY = "primary";
    private static final String ACKNOWLEDGED = "acknowledged";
    private static final String AT = "begun.at";
    private static final String NODE = "node";
    private static final String SEEN = "seen.at";

    private final Path file;
    private final Path pledges;

    /** @param folder need not be there yet */
    Memory(Path folder, String cluster) {
        String name = URLEncoder.encode(cluster, StandardCharsets.UTF_8);
        this.file = folder.resolve(name + ".properties");
        this.pledges = folder.resolve(name + ".promotion");
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
        try {
            write(file, text);
        } catch (IOException e) {
            throw new IOException(
                    ("%s can't be written: %s; without it an old primary would be taken for the right one after a restart;"
                                    + " make the folder writable, or set ucm.state.folder to one that is")
                            .formatted(file, e),
                    e);
        }
    }

    /** The promotion that was begun last; null when there was none. Throws when it can't be read. */
    @Nullable
    Pledge loadPledge() throws IOException {
        if (Files.notExists(pledges)) {
            return null;
        }
        try (Reader reader = Files.newBufferedReader(pledges)) {
            Properties properties = new Properties();
            properties.load(reader);
            String seen = properties.getProperty(SEEN);
            return new Pledge(
                    required(properties, SYSTEM),
                    Integer.parseInt(required(properties, TIMELINE)),
                    Lsn.parse(required(properties, BEGIN)),
                    required(properties, PRIMARY),
                    Lsn.parse(required(properties, ACKNOWLEDGED)),
                    Instant.parse(required(properties, AT)),
                    properties.getProperty(NODE),
                    seen == null ? null : Instant.parse(seen));
        } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
            throw new IOException(
                    ("which node may have been promoted can't be read, so nobody is: %s: %s; make sure that no node but"
                                    + " one takes writes, then delete that file")
                            .formatted(pledges, e.getMessage() == null ? e : e.getMessage()),
                    e);
        }
    }

    /** Returns when it is on the disk. */
    synchronized void store(Pledge pledge) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(SYSTEM, pledge.systemId());
        properties.setProperty(TIMELINE, Integer.toString(pledge.timeline()));
        properties.setProperty(BEGIN, pledge.begin().toString());
        properties.setProperty(PRIMARY, pledge.primary());
        properties.setProperty(ACKNOWLEDGED, pledge.acknowledged().toString());
        properties.setProperty(AT, pledge.at().toString());
        if (pledge.node() != null) {
            properties.setProperty(NODE, pledge.node());
        }
        if (pledge.seen() != null) {
            properties.setProperty(SEEN, pledge.seen().toString());
        }
        StringWriter text = new StringWriter();
        properties.store(
                text, "A promotion that was begun: where a node is named, no other may be promoted for that timeline.");
        try {
            write(pledges, text.toString());
        } catch (IOException e) {
            throw new IOException("%s can't be written: %s; without it nobody is promoted".formatted(pledges, e), e);
        }
    }

    /** Where {@link #store(Pledge)} writes. */
    Path pledges() {
        return pledges;
    }

    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
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
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }
}
