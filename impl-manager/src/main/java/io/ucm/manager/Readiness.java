// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** Waits until every configured manager serves. */
final class Readiness {

    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(20);

    /** Whoever brings configurations, or mends one that was refused, has done so by then. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    /** Stands for a manager that no waiting brings: the problems of the configurations say more. */
    private static final String REFUSED = "refused";

    private final Core core;
    private final BundleContext context;

    Readiness(Core core, BundleContext context) {
        this.core = core;
        this.context = context;
    }

    /**
     * Blocks up to the timeout, and for 5 s where nothing is configured or what is missing was refused; then throws, with
     * the reason for each manager that does not serve.
     */
    int await(Duration timeout) {
        long start = System.nanoTime();
        while (true) {
            List<ManagerKey> configured = ConfiguredKeys.list(context);
            List<String> missing = configured.stream()
                    .map(this::whyNot)
                    .flatMap(Optional::stream)
                    .toList();
            boolean hopeless = configured.isEmpty() || missing.stream().allMatch(REFUSED::equals);
            Duration patience = hopeless && SETTLED.compareTo(timeout) < 0 ? SETTLED : timeout;
            if (missing.isEmpty() && !configured.isEmpty()) {
                return configured.size();
            }
            if (System.nanoTime() - start >= patience.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(message(configured, missing));
            }
            LockSupport.parkNanos(LOOK_EVERY);
        }
    }

    private String message(List<ManagerKey> configured, List<String> missing) {
        return configured.isEmpty()
                ? "no manager is configured (PIDs io.ucm.cluster and io.ucm.mode); the log says what went wrong, if anything"
                : "%d of %d managers do not serve:%n  %s"
                        .formatted(
                                missing.size(),
                                configured.size(),
                                Stream.concat(
                                                missing.stream().filter(why -> !why.equals(REFUSED)),
                                                core.declarations().problems().stream()
                                                        .map(Object::toString))
                                        .collect(Collectors.joining(System.lineSeparator() + "  ")));
    }

    private Optional<String> whyNot(ManagerKey key) {
        @Nullable
        Manager manager = core.managers().stream()
                .filter(there -> there.key().equals(key))
                .findFirst()
                .orElse(null);
        if (manager == null) {
            return Optional.of(
                    !core.declarations().inForce().modes().containsKey(key)
                            ? REFUSED
                            : key + ": no io.ucm.cluster says where '" + key.cluster() + "' is");
        }
        if (manager.generations().current() == null) {
            return Optional.of(key + ": " + manager.generations().why());
        }
        return manager.resolvesOutcomes() && !manager.tokens().isSettled()
                ? Optional.of(key + ": " + manager.tokens().problem())
                : Optional.empty();
    }
}
