// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.CacheKey;
import io.ucm.spi.Metric;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CacheReportTest {

    private final Container container = Container.withoutRedis();
    private final CacheCommands commands = new CacheCommands(container.caches());

    @BeforeEach
    void use() {
        container.load("secret-key", "v");
        container.invalidate("secret-key");
    }

    @AfterEach
    void close() {
        container.close();
    }

    @Test
    void isOneLineOfJson() {
        assertThat((String) commands.cache(true, "", ""))
                .startsWith("{\"clusters\":[{\"cluster\":\"orders\",\"redis\":{\"state\":\"NOT_CONFIGURED\",")
                .contains("\"modes\":[{\"mode\":\"ASYNC_MODERN\",\"entries\":0,\"maxEntries\":1000,\"ttlMs\":3600000}]")
                .contains("\"regions\":[{\"region\":\"products\",\"l1\":{\"hits\":")
                .contains("\"loads\":1,\"refusedFills\":0,\"invalidations\":1}")
                .doesNotContain("\n", "secret-key");
    }

    @Test
    void isATableOtherwise() {
        assertThat(commands.cache(false, "", "").toString())
                .contains("NOT_CONFIGURED", "ASYNC_MODERN", "products")
                .doesNotContain("secret-key");
    }

    @Test
    void canBeOfOneRegionOrCluster() {
        Container.answer(container.levels().get(new CacheKey("prices", "", "k")));

        assertThat(commands.cache(false, "orders", "prices").toString())
                .contains("prices")
                .doesNotContain("products");
    }

    @Test
    void saysWhichRegionsAndClustersThereAre() {
        assertThatThrownBy(() -> commands.cache(true, "", "product"))
                .hasMessage("no region 'product' was used; there are: [products]");
        assertThatThrownBy(() -> commands.cache(true, "order", ""))
                .hasMessage("no cluster 'order' has a cache; there are: [orders]");
    }

    @Test
    void saysThatNothingIsOpen() {
        container.levels().close();

        assertThat(commands.cache(false, "", "").toString()).isEqualTo("no cache is open");
        assertThat(commands.cache(true, "", "")).isEqualTo("{\"clusters\":[]}");
    }

    @Test
    void withoutRedisThereIsNothingToCheck() {
        assertThat(container.caches().health()).isEmpty();
    }

    @Test
    void metersCountTheSame() {
        assertThat(container.caches().metrics())
                .contains(
                        new Metric(
                                "cache.load.duration.count",
                                Map.of("cluster", "orders", "region", "products"),
                                Metric.Kind.COUNTER,
                                1),
                        new Metric(
                                "cache.size",
                                Map.of("cluster", "orders", "mode", "ASYNC_MODERN", "level", "l1"),
                                Metric.Kind.GAUGE,
                                0))
                .noneMatch(metric -> metric.toString().contains("secret-key"));
    }
}
