// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource.Finding;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host     | ' '        | host: is missing",
                "port     | 70000      | port: 70000: must be at least 1 and at most 65535",
                "port     | many       | port: 'many' is not a whole number",
                "timeout.ms | 0        | timeout.ms: 0: must be at least 1",
                "tombstone.ms | -1     | tombstone.ms: -1: must be at least 1",
                "away.ttl.ms | 0       | away.ttl.ms: 0: must be at least 1",
                "database | -1         | database: -1: must be at least 0",
                "hots     | h          | hots: there is no such attribute; there are: .password, away.ttl.ms",
                ".password | $[secret:redis] | .password: nothing was found for $[secret:redis]"
            })
    void aBadConfigurationIsSaidAndTheProcessServes(String attribute, String value, String said) {
        Map<String, Object> configuration = new HashMap<>(Map.of("service.pid", Caches.PID, "host", "127.0.0.1"));
        configuration.put(attribute, value.matches("-?\\d+") ? (Object) Integer.valueOf(value) : value);
        try (Container container = new Container(configuration)) {
            assertThat(container.state().kind()).isEqualTo(RemoteState.Kind.AWAY);
            assertThat(container.state().reason()).startsWith("configuration io.ucm.redis: " + said);
            container.load("k", "v");
        }
    }

    @Test
    void aRefusedConfigurationIsAWarning() {
        try (Container container = new Container(Map.of("service.pid", Caches.PID))) {
            Finding finding = container.caches().health().get(0);
            assertThat(finding.cluster()).isEqualTo(Container.CLUSTER);
            assertThat(finding.component().status()).isEqualTo(HealthStatus.WARN);
            assertThat(finding.component().reason()).contains("io.ucm.redis", "host");
        }
    }

    @Test
    void thePasswordIsNotShown() {
        RedisSettings settings = RedisSettings.of(Container.config(Map.of("host", "h", ".password", "geheim")));

        assertThat(settings.password().reveal()).isEqualTo("geheim");
        assertThat(settings.toString()).doesNotContain("geheim");
    }

    @Test
    void whatIsLeftOutIsTheDefault() {
        RedisSettings settings = RedisSettings.of(Container.config(Map.of("host", "h")));

        assertThat(settings.address()).isEqualTo("h:6379");
        assertThat(settings.timeout()).hasMillis(500);
        assertThat(settings.tombstone()).hasMillis(60_000);
        assertThat(settings.awayTimeToLive()).hasMillis(2_000);
    }

    @Test
    void nothingOpensAfterTheEnd() {
        Container container = Container.withoutRedis();
        container.close();

        assertThatThrownBy(() -> container.open("ADMIN"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("orders/ADMIN");
    }
}
