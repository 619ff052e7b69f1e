// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/**
 * What the framework's properties say. Immutable.
 *
 * @param enabled {@code ucm.embedded}; on unless it says {@code false}
 * @param instance {@code ucm.instance}, the existing folder that the data folder is made in; absent: a temporary one
 * @param inMemory {@code ucm.embedded.memory}: whether the data may be kept in memory where there is room; it may unless
 *     it says {@code false}
 * @param cache {@code ucm.cache.dir}, where unpacked binaries are kept; absent: the system's or the user's usual place
 * @param data {@code ucm.embedded.data}, an absolute folder that PostgreSQL's data is kept in for later runs; absent:
 *     it lasts for one
 * @param state {@code ucm.state.folder}, where others remember what they saw of this cluster; absent: nowhere
 * @param port {@code ucm.embedded.port}, the first of four ports in a row, for n1, n2, n3 and Redis; 0: any free ones
 */
record EmbeddedSettings(
        boolean enabled,
        @Nullable Path instance,
        boolean inMemory,
        @Nullable Path cache,
        @Nullable Path data,
        @Nullable Path state,
        int port) {

    static final int SERVERS = 4;
    private static final int LOWEST_PORT = 1_024;
    private static final int HIGHEST_PORT = 65_536 - SERVERS;

    static EmbeddedSettings of(BundleContext context) {
        return new EmbeddedSettings(
                !"false".equals(context.getProperty("ucm.embedded")),
                path(context.getProperty("ucm.instance")),
                !"false".equals(context.getProperty("ucm.embedded.memory")),
                path(context.getProperty("ucm.cache.dir")),
                absolute("ucm.embedded.data", context.getProperty("ucm.embedded.data")),
                path(context.getProperty("ucm.state.folder")),
                port(context.getProperty("ucm.embedded.port")));
    }

    private static @Nullable Path absolute(String property, @Nullable String value) {
        if (value != null && !value.isBlank() && !Path.of(value).isAbsolute()) {
            throw new IllegalArgumentException(
                    "embedded: " + property + "=" + value + ": must be the absolute path of a folder");
        }
        return path(value);
    }

    private static int port(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return 0;
        }
        if (value.matches("\\d{1,5}")) {
            int port = Integer.parseInt(value);
            if (port >= LOWEST_PORT && port <= HIGHEST_PORT) {
                return port;
            }
        }
        throw new IllegalArgumentException("embedded: ucm.embedded.port=" + value + ": must be a number from "
                + LOWEST_PORT + " to " + HIGHEST_PORT + ", the first of " + SERVERS + " ports in a row");
    }

    private static @Nullable Path path(@Nullable String value) {
        return value == null || value.isBlank()
                ? null
                : Path.of(value).toAbsolutePath().normalize();
    }

    /** Throws if a port that is asked for is taken: before anything is made. */
    void checkPorts() throws IOException {
        if (port != 0) {
            postgresPorts().take(PostgresCluster.IDS.size());
            redisPorts().take(1);
        }
    }

    FreePorts postgresPorts() {
        return port == 0 ? new FreePorts() : new FixedPorts(port, 0, PostgresCluster.IDS);
    }

    FreePorts redisPorts() {
        return port == 0 ? new FreePorts() : new FixedPorts(port, PostgresCluster.IDS.size(), List.of("redis"));
    }

    /** Where to look for unpacked binaries and to put them, the best first; without any, they last for one run. */
    List<Path> cachePlaces(boolean root, Platform platform, Map<String, String> environment, Path lastResort) {
        if (cache != null) {
            return List.of(cache);
        }
        List<Path> places = new ArrayList<>();
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (root) {
            places.add(Path.of("/var/cache/ucm"));
        } else if (!platform.macOs() && xdg.startsWith("/")) {
            places.add(Path.of(xdg, "ucm"));
        } else if (home.startsWith("/")) {
            places.add(platform.macOs() ? Path.of(home, "Library", "Caches", "ucm") : Path.of(home, ".cache", "ucm"));
        }
        places.add(lastResort);
        return List.copyOf(places);
    }
}
