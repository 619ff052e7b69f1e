// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

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
 */
record EmbeddedSettings(
        boolean enabled,
        @Nullable Path instance,
        boolean inMemory,
        @Nullable Path cache) {

    static EmbeddedSettings of(BundleContext context) {
        return new EmbeddedSettings(
                !"false".equals(context.getProperty("ucm.embedded")),
                path(context.getProperty("ucm.instance")),
                !"false".equals(context.getProperty("ucm.embedded.memory")),
                path(context.getProperty("ucm.cache.dir")));
    }

    private static @Nullable Path path(@Nullable String value) {
        return value == null || value.isBlank()
                ? null
                : Path.of(value).toAbsolutePath().normalize();
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
