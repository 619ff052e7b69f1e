// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource;
import io.ucm.spi.HealthSource.Finding;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;

/** What the sources say and what the roles answer, put together by kind and name. Thread-safe; blocks nowhere. */
final class Checks implements AutoCloseable {

    private final Deadlines deadlines = new Deadlines();
    private final Sources<HealthSource> sources = new Sources<>();
    private final Map<ServiceReference<ConnectionManager>, RoleCheck> roles = new ConcurrentHashMap<>();
    private final LongSupplier ticker;

    Checks(LongSupplier ticker) {
        this.ticker = ticker;
    }

    void addSource(ServiceReference<HealthSource> reference, HealthSource source) {
        sources.add(reference, source);
    }

    void removeSource(ServiceReference<HealthSource> reference) {
        sources.remove(reference);
    }

    void addManager(ServiceReference<ConnectionManager> reference, ConnectionManager manager) {
        roles.put(reference, new RoleCheck(manager, ticker));
    }

    void removeManager(ServiceReference<ConnectionManager> reference) {
        roles.remove(reference);
    }

    List<ConnectionManager> managers() {
        return roles.values().stream().map(RoleCheck::manager).toList();
    }

    /** Everything of that kind, within the limit. Never fails. */
    CompletableFuture<List<HealthComponent>> of(Kind kind, Duration limit) {
        List<HealthComponent> found = sorted(found(finding -> true).filter(c -> Kind.of(c) == kind));
        if (kind != Kind.ROLES) {
            return CompletableFuture.completedFuture(found);
        }
        if (roles.isEmpty()) {
            return CompletableFuture.completedFuture(List.of(noManager("roles", HealthStatus.WARN)));
        }
        return asked(found, roles.values(), limit);
    }

    /** What concerns that manager, within the limit. Never fails. */
    CompletableFuture<List<HealthComponent>> of(String cluster, String mode, Duration limit) {
        List<HealthComponent> found = found(
                        finding -> concerns(finding.cluster(), cluster) && concerns(finding.mode(), mode))
                .filter(component -> Kind.of(component) != Kind.PIDS)
                .toList();
        List<RoleCheck> role =
                roles.values().stream().filter(r -> r.isOf(cluster, mode)).toList();
        return role.isEmpty()
                ? CompletableFuture.completedFuture(sorted(Stream.concat(
                        found.stream(),
                        Stream.of(noManager(
                                "role %s/%s".formatted(cluster, mode), HealthStatus.TEMPORARILY_UNAVAILABLE)))))
                : asked(found, role, limit);
    }

    private CompletableFuture<List<HealthComponent>> asked(
            List<HealthComponent> found, Collection<RoleCheck> asked, Duration limit) {
        List<CompletableFuture<HealthComponent>> answers = asked.stream()
                .map(role -> deadlines.within(role.component(), limit, role::unanswered))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done ->
                        sorted(Stream.concat(found.stream(), answers.stream().map(CompletableFuture::join))));
    }

    private Stream<HealthComponent> found(Predicate<Finding> wanted) {
        return sources.ask(HealthSource::health, Checks::failed).stream()
                .filter(wanted)
                .map(Finding::component);
    }

    private static List<Finding> failed(String source, Throwable failure) {
        return List.of(new Finding(
                null,
                null,
                new HealthComponent(source, HealthStatus.HEALTH_CHECK_ERROR, "it failed: " + failure, Map.of())));
    }

    private HealthComponent noManager(String name, HealthStatus status) {
        return new HealthComponent(
                name, status, "no such manager is there to be asked; ucm:why says what is missing", Map.of());
    }

    private static boolean concerns(@Nullable String whose, String wanted) {
        return whose == null || whose.equals(wanted);
    }

    private static List<HealthComponent> sorted(Stream<HealthComponent> components) {
        return components.sorted(Kind.ORDER).toList();
    }

    /** Who still waits is answered now. */
    @Override
    public void close() {
        deadlines.close();
    }
}
