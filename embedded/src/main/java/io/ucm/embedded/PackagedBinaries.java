// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The servers' binaries that the build put into the bundle, for the platform it ran on. Immutable. */
final class PackagedBinaries {

    private final Properties build = new Properties();

    /** Refuses to work on another platform than the one that the bundle was built for. */
    PackagedBinaries(Platform platform) throws IOException {
        try (InputStream stream = Resources.open("binaries.properties")) {
            build.load(stream);
        }
        if (!platform.toString().equals(build.getProperty("platform"))) {
            throw new IOException("this build carries the servers of " + build.getProperty("platform")
                    + ", and this machine is " + platform);
        }
    }

    String postgresVersion() {
        return build.getProperty("postgres.version");
    }

    /** Whose data folders it can use. */
    String postgresMajor() {
        return postgresVersion().substring(0, postgresVersion().indexOf('.'));
    }

    String redisVersion() {
        return build.getProperty("redis.version");
    }

    /** The folder that PostgreSQL's {@code bin}, {@code lib} and {@code share} are in. */
    Path postgres(BinaryCache cache) throws IOException {
        return cache.folder("postgresql-" + postgresVersion() + "-" + build.getProperty("platform"), folder -> {
            try (InputStream archive = Resources.open("/" + build.getProperty("postgres.archive"))) {
                TarXz.unpack(archive, folder);
            }
        });
    }

    /** The program {@code redis-server}. */
    Path redisServer(BinaryCache cache) throws IOException {
        String program = "redis-server";
        return cache.folder("redis-" + redisVersion() + "-" + build.getProperty("platform"), folder -> {
                    try (InputStream binary = Resources.open("/" + build.getProperty("redis.binary"))) {
                        Files.copy(binary, folder.resolve(program));
                        Folders.permit(folder.resolve(program), "rwxr-xr-x");
                    }
                })
                .resolve(program);
    }
}
