// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.apache.felix.hc.api.execution.HealthCheckExecutionOptions;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.jspecify.annotations.Nullable;

/** Runs the checks that have one of some tags: by Felix's executor, other bundles' with them; without it our own. */
record CheckRun(Health health, @Nullable HealthCheckExecutor executor) {

    /** Blocks up to {@link Health#LIMIT}. */
    List<HealthComponent> of(Collection<String> tags) {
        return executor == null ? ours(tags) : by(executor, tags);
    }

    private List<HealthComponent> ours(Collection<String> tags) {
        List<Kind> kinds =
                Arrays.stream(Kind.values()).filter(kind -> kind.hasOneOf(tags)).toList();
        requireSome(kinds, tags);
        return kinds.stream()
                .flatMap(kind -> health.components(kind, Health.LIMIT).join().stream())
                .toList();
    }

    private List<HealthComponent> by(HealthCheckExecutor executor, Collection<String> tags) {
        List<HealthCheckExecutionResult> results = executor.execute(
                HealthCheckSelector.tags(tags.toArray(String[]::new)),
                new HealthCheckExecutionOptions()
                        .setCombineTagsWithOr(true)
                        .setForceInstantExecution(true)
                        .setOverrideGlobalTimeout((int) Health.LIMIT.toMillis()));
        requireSome(results, tags);
        return results.stream().flatMap(this::components).sorted(Kind.ORDER).toList();
    }

    private static void requireSome(Collection<?> found, Collection<String> tags) {
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no health check has one of the tags %s; ours have: %s"
                    .formatted(
                            tags,
                            Arrays.stream(Kind.values())
                                    .flatMap(kind -> kind.tags().stream())
                                    .distinct()
                                    .sorted()
                                    .toList()));
        }
    }

    /** Ours as they are, and of what Felix or another bundle says what is not OK, under the check's name. */
    private Stream<HealthComponent> components(HealthCheckExecutionResult executed) {
        List<HealthComponent> ours = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (ResultLog.Entry entry : executed.getHealthCheckResult()) {
            HealthComponent component = health.entries().in(entry);
            if (component != null) {
                ours.add(component);
            } else if (entry.getStatus() != Result.Status.OK) {
                others.add(entry.getMessage());
            }
        }
        boolean foreign = Arrays.stream(Kind.values())
                .map(Kind::title)
                .noneMatch(executed.getHealthCheckMetadata().getName()::equals);
        return foreign || !others.isEmpty()
                ? Stream.concat(ours.stream(), Stream.of(summary(executed, others)))
                : ours.stream();
    }

    private static HealthComponent summary(HealthCheckExecutionResult executed, List<String> problems) {
        return new HealthComponent(
                executed.getHealthCheckMetadata().getName(),
                HealthStatus.valueOf(executed.getHealthCheckResult().getStatus().name()),
                problems.isEmpty() ? null : String.join("; ", problems),
                Map.of("elapsedMs", executed.getElapsedTimeInMs()));
    }
}
