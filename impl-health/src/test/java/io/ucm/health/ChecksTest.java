// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource;
import io.ucm.spi.HealthSource.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.ServiceReference;

@Timeout(30)
class ChecksTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final Checks checks = new Checks(System::nanoTime);

    @AfterEach
    void close() {
        checks.close();
    }

    @Test
    void aManagersReportHasWhatConcernsItAndItsRole() {
        source(
                finding("main", "A", "pool main/A"),
                finding("main", "B", "pool main/B"),
                finding("main", null, "node n1"),
                finding("other", null, "node x1"),
                finding(null, null, "redis"),
                finding(null, null, "PID io.ucm.moed~x"));
        FakeManager a = manager("A");
        FakeManager b = manager("B");

        CompletableFuture<List<HealthComponent>> components = checks.of("main", "A", LONG);
        a.answer(a.healthy());

        assertThat(names(components)).containsExactly("pool main/A", "node n1", "role main/A", "redis");
        assertThat(b.reads).isEmpty();
    }

    @Test
    void eachKindHasItsOwn() {
        source(
                finding("main", "A", "pool main/A"),
                finding("main", null, "primary main"),
                finding(null, null, "cache x"));

        assertThat(names(checks.of(Kind.POOLS, LONG))).containsExactly("pool main/A");
        assertThat(names(checks.of(Kind.NODES, LONG))).containsExactly("primary main");
        assertThat(names(checks.of(Kind.OTHERS, LONG))).containsExactly("cache x");
        assertThat(names(checks.of(Kind.REDIS, LONG))).isEmpty();
    }

    @Test
    void allRolesAreAskedAtOnce() {
        FakeManager a = manager("A");
        FakeManager b = manager("B");

        CompletableFuture<List<HealthComponent>> components = checks.of(Kind.ROLES, LONG);

        assertThat(a.reads).hasSize(1);
        assertThat(b.reads).hasSize(1);
        b.answer(b.healthy());
        assertThat(components).isNotDone();
        a.answer(a.healthy());
        assertThat(names(components)).containsExactly("role main/A", "role main/B");
    }

    @Test
    void aRoleThatDoesNotAnswerIsReportedInTime() throws Exception {
        manager("A");
        FakeManager b = manager("B");

        CompletableFuture<List<HealthComponent>> components = checks.of(Kind.ROLES, Duration.ofMillis(50));
        b.answer(b.healthy());

        assertThat(components.get(10, TimeUnit.SECONDS))
                .extracting(HealthComponent::status)
                .containsExactly(HealthStatus.TEMPORARILY_UNAVAILABLE, HealthStatus.OK);
    }

    @Test
    void whoStillWaitsIsAnsweredWhenItCloses() {
        manager("A");
        CompletableFuture<List<HealthComponent>> components = checks.of(Kind.ROLES, LONG);

        checks.close();

        assertThat(components).isCompleted();
        assertThat(checks.of(Kind.ROLES, LONG)).isCompleted();
    }

    @Test
    void theTimersThreadEndsWithIt() {
        manager("A");
        checks.of(Kind.ROLES, LONG);
        assertThat(timers()).isOne();

        checks.close();

        org.awaitility.Awaitility.await().until(() -> timers() == 0);
    }

    @Test
    void aSourceThatThrowsIsNamedAndSpoilsNothing() {
        checks.addSource(Services.reference(), () -> {
            throw new IllegalStateException("oops");
        });
        source(finding(null, null, "cache x"));

        List<HealthComponent> components = checks.of(Kind.OTHERS, LONG).join();

        assertThat(components).hasSize(2);
        assertThat(components.get(1).status()).isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
        assertThat(components.get(1).name()).matches("service \\d+ of test.bundle");
        assertThat(components.get(1).reason()).contains("oops");
    }

    @Test
    void whatHasLeftIsNotAskedAnyMore() {
        ServiceReference<HealthSource> source = Services.reference();
        checks.addSource(source, () -> List.of(finding(null, null, "cache x")));
        checks.removeSource(source);
        FakeManager manager = FakeManager.of("A");
        ServiceReference<io.ucm.api.ConnectionManager> reference = Services.reference();
        checks.addManager(reference, manager);
        checks.removeManager(reference);

        assertThat(names(checks.of(Kind.OTHERS, LONG))).isEmpty();
        assertThat(checks.managers()).isEmpty();
        assertThat(checks.of(Kind.ROLES, LONG).join().get(0).status()).isEqualTo(HealthStatus.WARN);
        assertThat(checks.of("main", "A", LONG).join().get(0).status()).isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
        assertThat(manager.reads).isEmpty();
    }

    private static long timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ucm-health-"))
                .count();
    }

    private FakeManager manager(String mode) {
        FakeManager manager = FakeManager.of(mode);
        checks.addManager(Services.reference(), manager);
        return manager;
    }

    private void source(Finding... findings) {
        checks.addSource(Services.reference(), () -> List.of(findings));
    }

    private static Finding finding(String cluster, String mode, String name) {
        return new Finding(cluster, mode, new HealthComponent(name, HealthStatus.OK, null, Map.of()));
    }

    private static List<String> names(CompletableFuture<List<HealthComponent>> components) {
        return components.join().stream().map(HealthComponent::name).toList();
    }
}
