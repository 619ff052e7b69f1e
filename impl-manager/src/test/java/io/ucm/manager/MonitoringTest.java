// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.CallOptions;
import io.ucm.api.HealthReport;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class MonitoringTest {

    private static final class Records implements HealthMonitor {

        final List<Operation> operations = new CopyOnWriteArrayList<>();

        @Override
        public CompletionStage<HealthReport> check(String cluster, String mode) {
            return CompletableFuture.completedFuture(HealthReport.of(List.of(), Duration.ofMillis(3)));
        }

        @Override
        public void ended(Operation operation) {
            operations.add(operation);
        }
    }

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final Records records = new Records();

    @Test
    void eachCallIsMeasuredOnceWithItsNodeAndItsError() {
        bench.serve();
        bench.health(records);

        bench.view().read(connection -> 1).toCompletableFuture().join();
        bench.view()
                .write(connection -> {
                    throw new IllegalStateException();
                })
                .toCompletableFuture()
                .exceptionally(e -> null)
                .join();
        bench.view()
                .write(connection -> {
                    throw new java.sql.SQLException("duplicate", "23505");
                })
                .toCompletableFuture()
                .exceptionally(e -> null)
                .join();

        assertThat(records.operations).extracting(Operation::name).containsExactly("read", "write", "write");
        assertThat(records.operations)
                .extracting(Operation::error)
                .containsExactly(null, "java.lang.IllegalStateException", "23505");
        assertThat(records.operations).allSatisfy(operation -> {
            assertThat(operation.node()).isEqualTo(bench.node("n1"));
            assertThat(operation.nanos()).isGreaterThanOrEqualTo(operation.waitedNanos());
            assertThat(operation.waitedNanos()).isPositive();
        });
    }

    @Test
    void aCallThatGotNoConnectionHasNoNode() {
        bench.health(records);

        bench.view()
                .read(connection -> 1, CallOptions.DEFAULT.withDeadline(Duration.ofMillis(20)))
                .toCompletableFuture()
                .exceptionally(e -> null)
                .join();

        assertThat(records.operations).singleElement().satisfies(operation -> {
            assertThat(operation.node()).isNull();
            assertThat(operation.error()).isEqualTo("08001");
        });
    }

    @Test
    void withoutAnImplementationTheReportSaysThatNothingWasChecked() {
        HealthReport report = bench.view().healthCheck().toCompletableFuture().join();

        assertThat(report.status()).isEqualTo(HealthStatus.WARN);
        assertThat(report.components()).singleElement().satisfies(component -> assertThat(component.reason())
                .contains("slot 'health' is empty"));
    }

    @Test
    void theImplementationsReportIsHandedOn() {
        bench.health(records);

        assertThat(bench.view().healthCheck().toCompletableFuture().join().elapsed())
                .isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void anImplementationThatFailsReachesNoCall() {
        bench.serve();
        bench.health(new HealthMonitor() {
            @Override
            public CompletionStage<HealthReport> check(String cluster, String mode) {
                throw new NoClassDefFoundError("gone");
            }

            @Override
            public void ended(Operation operation) {
                throw new NoClassDefFoundError("gone");
            }
        });

        assertThat(bench.view().read(connection -> 1).toCompletableFuture().join())
                .isEqualTo(1);
        assertThat(bench.view().healthCheck().toCompletableFuture().join().status())
                .isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
    }

    @Test
    void anImplementationThatIsSilentIsReportedAfterFiveSeconds() {
        bench.health(new HealthMonitor() {
            @Override
            public CompletionStage<HealthReport> check(String cluster, String mode) {
                return new CompletableFuture<>();
            }

            @Override
            public void ended(Operation operation) {}
        });

        assertThat(bench.view().healthCheck().toCompletableFuture().join().status())
                .isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
    }
}
