// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.ucm.api.Access;
import io.ucm.api.PoolStats;
import io.ucm.shell.Json;
import io.ucm.spi.Metric;
import io.ucm.spi.MetricSource;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetersTest {

    private static final NodeAddress N1 = new NodeAddress("n1", "10.0.0.1", 5432);

    private final Meters meters = new Meters();
    private final Sources<MetricSource> sources = new Sources<>();
    private final FakeManager manager = new FakeManager("main", "ADMIN", Access.READ_WRITE);

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void anOperationHasTheTagsOfTheConvention() {
        meters.ended(new Operation("main", "ADMIN", "write", N1, 3_000_000, 1_000_000, "40001"));

        MeterRow row = row("db.client.operation.duration");
        assertThat(row.type()).isEqualTo("timer");
        assertThat(row.tags())
                .isEqualTo(Map.of(
                        "db.system.name", "postgresql",
                        "db.namespace", "main",
                        "db.operation.name", "write",
                        "error.type", "40001",
                        "server.address", "10.0.0.1",
                        "server.port", "5432",
                        "ucm.mode", "ADMIN"));
        assertThat(row.values())
                .containsEntry("count", 1L)
                .containsEntry("sum", 0.003)
                .containsEntry("max", 0.003);
    }

    @Test
    void whatHasNoValueIsNoneSoThatAllHaveTheSameTags() {
        meters.ended(new Operation("main", "ADMIN", "read", null, 1, 1, null));

        assertThat(row("db.client.operation.duration").tags())
                .containsEntry("error.type", "none")
                .containsEntry("server.address", "none")
                .containsEntry("server.port", "none");
    }

    @Test
    void theTimersHaveTheBucketsOfTheConvention() {
        meters.ended(new Operation("main", "ADMIN", "read", N1, TimeUnit.MILLISECONDS.toNanos(7), 0, null));

        Timer timer = (Timer) meters.all().stream()
                .filter(meter -> meter.getId().getName().equals("db.client.operation.duration"))
                .findFirst()
                .orElseThrow();
        CountAtBucket[] buckets = timer.takeSnapshot().histogramCounts();
        assertThat(Arrays.stream(buckets).map(bucket -> bucket.bucket(TimeUnit.SECONDS)))
                .containsExactly(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);
        assertThat(Arrays.stream(buckets).map(CountAtBucket::count))
                .containsExactly(0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
    }

    @Test
    void waitingAndTimeoutsArePerPool() {
        meters.ended(new Operation("main", "ADMIN", "read", N1, 9, 2_000_000_000, null));
        meters.ended(new Operation("main", "ADMIN", "write", null, 9, 0, "08001"));
        meters.ended(new Operation("main", "ADMIN", "write", N1, 9, 0, "08006"));

        MeterRow waiting = row("db.client.connection.wait_time");
        assertThat(waiting.tags()).isEqualTo(Map.of("db.client.connection.pool.name", "main/ADMIN"));
        assertThat(waiting.values()).containsEntry("count", 3L).containsEntry("max", 2L);
        assertThat(row("db.client.connection.timeouts"))
                .isEqualTo(MeterRow.value("db.client.connection.timeouts", "counter", waiting.tags(), 1));
    }

    @Test
    void errorsWithoutEndDoNotMakeMetersWithoutEnd() {
        for (int i = 0; i < 3000; i++) {
            meters.ended(new Operation("main", "ADMIN", "read", N1, 1, 0, "E" + i));
        }
        meters.ended(new Operation("main", "ADMIN", "read", N1, 1, 0, null));

        assertThat(meters.all()).hasSizeLessThan(1010);
        assertThat(scraped().metrics())
                .filteredOn(row -> "_OTHER".equals(row.tags().get("error.type")))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("count", 2000L));
        assertThat(scraped().metrics())
                .filteredOn(row -> "none".equals(row.tags().get("error.type")))
                .hasSize(1);
    }

    @Test
    void thePoolsAreAskedWhenTheFiguresAre() {
        scraped();
        manager.pool = new PoolStats(7, 5, 3, 12);

        assertThat(value("db.client.connection.count", "used")).isEqualTo(7L);
        assertThat(value("db.client.connection.count", "idle")).isEqualTo(5L);
        assertThat(row("db.client.connection.max").values()).containsEntry("value", 12L);
        assertThat(row("db.client.connection.pending_requests").values()).containsEntry("value", 3L);
    }

    @Test
    void whatOtherBundlesBringIsThereAndTheFirstOfTwoCounts() {
        bring(
                new Metric("cache.gets", Map.of("result", "hit"), Metric.Kind.COUNTER, 5),
                new Metric("cache.gets", Map.of("result", "hit"), Metric.Kind.COUNTER, 6),
                new Metric("cache.size", Map.of(), Metric.Kind.GAUGE, Double.NaN));
        sources.add(Services.reference(), () -> {
            throw new IllegalStateException("oops");
        });

        assertThat(Json.line(scraped().under("cache")))
                .isEqualTo("{\"metrics\":[" + "{\"name\":\"cache.gets\",\"type\":\"counter\","
                        + "\"tags\":{\"result\":\"hit\"},\"values\":{\"value\":5}},"
                        + "{\"name\":\"cache.size\",\"type\":\"gauge\",\"tags\":{},\"values\":{\"value\":null}}]}");
    }

    @Test
    void aTimersJsonHasCountSumAndMax() {
        meters.ended(new Operation("main", "ADMIN", "read", N1, 1_500_000_000, 0, null));

        assertThat(Json.line(scraped().under("db.client.operation")))
                .endsWith("\"values\":{\"count\":1,\"sum\":1.5,\"max\":1.5}}]}");
    }

    @Test
    void theTableHasALinePerStatistic() {
        bring(new Metric("cache.size", Map.of("level", "l1", "region", "x"), Metric.Kind.GAUGE, 2.5));

        assertThat(scraped().under("cache").toString().lines().toList().get(2))
                .matches("cache.size +level=l1 region=x +value +2.5");
    }

    @Test
    void aPrefixThatNothingHasNamesWhatThereIs() {
        assertThatThrownBy(() -> scraped().under("jvm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no metric begins with 'jvm'; there are: [db.client.connection.count, "
                        + "db.client.connection.max, db.client.connection.pending_requests]");
    }

    private void bring(Metric... metrics) {
        sources.add(Services.reference(), () -> List.of(metrics));
    }

    private MetricsReport scraped() {
        return Scrape.of(meters, List.of(manager), sources);
    }

    private MeterRow row(String name) {
        return scraped().metrics().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Number value(String name, String state) {
        return scraped().metrics().stream()
                .filter(row -> row.name().equals(name))
                .filter(row -> state.equals(row.tags().get("db.client.connection.state")))
                .findFirst()
                .orElseThrow()
                .values()
                .get("value");
    }
}
