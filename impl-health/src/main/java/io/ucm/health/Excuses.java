// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why some bundles may reach past UCM: parts of UCM, each for one thing only, libraries that run nothing, and what the
 * operator excused. Immutable.
 *
 * @param configured reasons by symbolic name
 */
record Excuses(Map<String, String> configured) {

    /**
     * One thing that one bundle may do.
     *
     * @param provides the service that makes it the part that it says it is; null where there is none at all times
     */
    private record Excuse(
            String bundle,
            String how,
            @Nullable Library library,
            @Nullable String provides,
            String reason) {}

    private static final List<Excuse> OURS = List.of(
            new Excuse("io.ucm.manager", Audit.SERVICE, null, null, "it opens UCM's own connections"),
            new Excuse(
                    "io.ucm.pool",
                    Audit.INSIDE,
                    Library.HIKARICP,
                    "io.ucm.spi.ConnectionPoolFactory",
                    "it is UCM's connection pool"),
            new Excuse(
                    "io.ucm.pool.agroal",
                    Audit.INSIDE,
                    Library.AGROAL,
                    "io.ucm.spi.ConnectionPoolFactory",
                    "it is UCM's connection pool"),
            new Excuse(
                    "io.ucm.cache",
                    Audit.INSIDE,
                    Library.JEDIS,
                    "io.ucm.spi.CacheLevelsFactory",
                    "it is UCM's remote cache"),
            new Excuse("io.ucm.embedded", Audit.INSIDE, Library.PGJDBC, null, "it looks after its own servers"),
            new Excuse(
                    "org.postgresql.jdbc",
                    Audit.INSIDE,
                    Library.PGJDBC,
                    "org.osgi.service.jdbc.DataSourceFactory",
                    "it is a driver, which UCM opens connections by"));

    Excuses {
        configured = Map.copyOf(configured);
    }

    /** Takes {@code bundle=reason} each. */
    static Excuses of(String[] entries) {
        Map<String, String> configured = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            if (equals < 1 || entry.substring(equals + 1).isBlank()) {
                throw new IllegalArgumentException(
                        "%s, audit.excused: '%s': must be the symbolic name of a bundle, '=', and a reason"
                                .formatted(ConfiguredExcuses.PID, entry));
            }
            configured.put(
                    entry.substring(0, equals).trim(),
                    entry.substring(equals + 1).trim());
        }
        return new Excuses(configured);
    }

    /** Why this does not count; null when it does. */
    @Nullable
    String reason(BundleFacts bundle, String how, @Nullable Library library) {
        for (Excuse excuse : OURS) {
            if (excuse.bundle().equals(bundle.name())
                    && excuse.how().equals(how)
                    && excuse.library() == library
                    && (excuse.provides() == null || bundle.provides().contains(excuse.provides()))) {
                return excuse.reason();
            }
        }
        if (how.equals(Audit.INSIDE) && !bundle.runs() && bundle.provides().equals(Set.of())) {
            return "it runs nothing: whoever uses it is named by its wire";
        }
        return configured.get(bundle.name());
    }
}
