// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whole folders: made with exact permissions, copied with their owner, deleted. Stateless; follows no links. */
final class Folders {

    private static final int BLOCK_BYTES = 1 << 18;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(BLOCK_BYTES).asReadOnlyBuffer();

    private Folders() {}

    /** Makes one folder with these permissions, whatever the umask. */
    static Path create(Path folder, String permissions) throws IOException {
        Files.createDirectory(folder);
        return permit(folder, permissions);
    }

    static Path permit(Path path, String permissions) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** Lets others pass through the folder, without letting them list it. */
    static void letPass(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (permissions.add(PosixFilePermission.OTHERS_EXECUTE) | permissions.add(PosixFilePermission.GROUP_EXECUTE)) {
            Files.setPosixFilePermissions(folder, permissions);
        }
    }

    /** Copies with permissions and owner; long stretches of zeros, such as unused WAL, take no room in the copy. */
    static void copy(Path from, Path to) throws IOException {
        ByteBuffer block = block();
        FileVisitor<Path> copier = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(from.relativize(file));
                if (attributes.isRegularFile()) {
                    copySparsely(file, copy, block);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                }
                return FileVisitResult.CONTINUE;
            }
        };
        Files.walkFileTree(from, copier);
    }

    /** A buffer for any number of copies. */
    static ByteBuffer block() {
        return ByteBuffer.allocateDirect(BLOCK_BYTES);
    }

    static void copySparsely(Path from, Path to, ByteBuffer block) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = in.size();
            for (long position = 0; in.read(block.clear(), position) > 0; position += block.limit()) {
                block.flip();
                boolean last = position + block.limit() >= size;
                if (last || !ZEROS.slice(0, block.limit()).equals(block)) {
                    writeFully(out, block, position);
                }
            }
        }
        copyOwner(from, to);
    }

    /** Gives a file or folder the owner and permissions of another. */
    static void copyOwner(Path from, Path to) throws IOException {
        for (String attribute : List.of("unix:mode", "unix:gid", "unix:uid")) {
            Object wanted = Files.getAttribute(from, attribute);
            if (!wanted.equals(Files.getAttribute(to, attribute))) {
                Files.setAttribute(to, attribute, wanted);
            }
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer block, long position) throws IOException {
        while (block.hasRemaining()) {
            out.write(block, position + block.position());
        }
    }

    /** What is in the folder; nothing if it isn't there. */
    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Deletes what is there; nothing there is fine, and so is what vanishes meanwhile. */
    static void delete(Path folder) throws IOException {
        FileVisitor<Path> deleter = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        };
        Files.walkFileTree(folder, deleter);
    }
}
