// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** Waits until every configured manager serves. */
final class Readiness {

    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(20);

    /** Whoever brings the configuration has brought it by then. */
    private static final Duration UNCONFIGURED = Duration.ofSeconds(5);

    private final Core core;
    private final BundleContext context;

    Readiness(Core core, BundleContext context) {
        this.core = core;
        this.context = context;
    }

    /**
     * Blocks up to the timeout, and for 5 s where nothing is configured; then throws, with the reason for each manager
     * that does not serve.
     */
    int await(Duration timeout) {
        long start = System.nanoTime();
        while (true) {
            List<ManagerKey> configured = ConfiguredKeys.list(context);
            Duration patience = configured.isEmpty() && UNCONFIGURED.compareTo(timeout) < 0 ? UNCONFIGURED : timeout;
            List<String> missing = configured.stream()
                    .map(this::whyNot)
                    .flatMap(Optional::stream)
                    .toList();
            if (missing.isEmpty() && !configured.isEmpty()) {
                return configured.size();
            }
            if (System.nanoTime() - start >= patience.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(message(timeout, configured, missing));
            }
            LockSupport.parkNanos(LOOK_EVERY);
        }
    }

    private static String message(Duration timeout, List<ManagerKey> configured, List<String> missing) {
        return configured.isEmpty()
                ? "no manager is configured (PIDs io.ucm.cluster and io.ucm.mode); the log says what went wrong, if anything"
                : "%d of %d managers do not serve after %d s:%n  %s"
                        .formatted(
                                missing.size(),
                                configured.size(),
                                timeout.toSeconds(),
                                String.join(System.lineSeparator() + "  ", missing));
    }

    private Optional<String> whyNot(ManagerKey key) {
        @Nullable
        Manager manager = core.managers().stream()
                .filter(there -> there.key().equals(key))
                .findFirst()
                .orElse(null);
        if (manager == null) {
            return Optional.of(key + ": its configuration, or that of its cluster, was not taken; the log says why");
        }
        return manager.generations().current() == null
                ? Optional.of(key + ": " + manager.generations().why())
                : Optional.empty();
    }
}
