// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.apache.felix.hc.api.execution.HealthCheckExecutionOptions;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckMetadata;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CheckRunTest {

    private static final HealthComponent POOL =
            new HealthComponent("pool main/A", HealthStatus.WARN, "full", Map.of("active", 4));
    private static final HealthComponent REDIS = new HealthComponent("redis", HealthStatus.OK, null, Map.of());

    private final Health health = new Health();
    private final List<HealthCheckExecutionResult> results = new ArrayList<>();

    @BeforeEach
    void bringFindings() {
        health.bindHealthSource(
                () -> List.of(new Finding("main", "A", POOL), new Finding(null, null, REDIS)), Services.reference());
    }

    @AfterEach
    void close() {
        health.deactivate();
    }

    @Test
    void withoutFelixTheKindsWithATagAreRun() {
        CheckRun run = new CheckRun(health, null);

        assertThat(run.of(List.of("systemready", "other"))).contains(POOL).doesNotContain(REDIS);
        assertThat(run.of(List.of("ucm"))).contains(POOL, REDIS);
    }

    @Test
    void aTagThatNobodyHasIsRefusedWithThoseThatThereAre() {
        String message = "no health check has one of the tags [systemalive]; "
                + "ours have: [dbavail, systemready, ucm, ucm-validate]";

        assertThatThrownBy(() -> new CheckRun(health, null).of(List.of("systemalive")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> new CheckRun(health, new Executor()).of(List.of("systemalive")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void componentsComeThroughFelixAsTheyAre() {
        felix("UCM pools", new KindCheck(Kind.POOLS, health).execute());
        felix("UCM configuration", new KindCheck(Kind.CONFIGURATION, health).execute());

        assertThat(new CheckRun(health, new Executor()).of(List.of("ucm"))).containsExactly(POOL);
    }

    @Test
    void whatFelixAddsIsShownUnderTheChecksName() {
        ResultLog log = new ResultLog();
        log.add(health.entries().of(POOL));
        log.add(new ResultLog.Entry(Result.Status.CRITICAL, "unavailable for too long"));
        felix("UCM pools", new Result(log));

        assertThat(new CheckRun(health, new Executor()).of(List.of("ucm")))
                .containsExactly(
                        POOL,
                        new HealthComponent(
                                "UCM pools",
                                HealthStatus.CRITICAL,
                                "unavailable for too long",
                                Map.of("elapsedMs", 5L)));
    }

    @Test
    void otherBundlesChecksAreComponentsToo() {
        felix("disk space", new Result(Result.Status.WARN, "4 % left"));
        felix("memory", new Result(Result.Status.OK, "enough"));

        assertThat(new CheckRun(health, new Executor()).of(List.of("ucm")))
                .containsExactly(
                        new HealthComponent("disk space", HealthStatus.WARN, "4 % left", Map.of("elapsedMs", 5L)),
                        new HealthComponent("memory", HealthStatus.OK, null, Map.of("elapsedMs", 5L)));
    }

    @Test
    void felixShowsTheWorstAndWhy() {
        Result result = new KindCheck(Kind.POOLS, health).execute();

        assertThat(result.getStatus()).isEqualTo(Result.Status.WARN);
        assertThat(result.toString()).contains("pool main/A: full");
        assertThat(new KindCheck(Kind.CONFIGURATION, health).execute().getStatus())
                .isEqualTo(Result.Status.OK);
    }

    private void felix(String name, Result result) {
        HealthCheckMetadata metadata = new HealthCheckMetadata(Services.reference(Map.of(HealthCheck.NAME, name)));
        results.add(Services.fake(HealthCheckExecutionResult.class, (self, method, args) -> switch (method.getName()) {
            case "getHealthCheckResult" -> result;
            case "getHealthCheckMetadata" -> metadata;
            case "getElapsedTimeInMs" -> 5L;
            default -> throw new UnsupportedOperationException(method.getName());
        }));
    }

    private final class Executor implements HealthCheckExecutor {

        @Override
        public List<HealthCheckExecutionResult> execute(HealthCheckSelector selector) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<HealthCheckExecutionResult> execute(
                HealthCheckSelector selector, HealthCheckExecutionOptions options) {
            assertThat(options.isCombineTagsWithOr()).isTrue();
            return results;
        }
    }
}
