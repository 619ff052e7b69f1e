// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaSettingsTest {

    @Test
    void hasTheDefaultsOfTheAnnotation() {
        assertThat(HaSettings.of(config(Map.of()))).isEqualTo(HaSettings.BUILT_IN);
    }

    @Test
    void takesWhatIsConfigured() {
        assertThat(HaSettings.of(config(Map.of(
                        "probe_interval_ms", 500,
                        "probe_urgent_interval_ms", 50,
                        "probe_timeout_ms", 2000,
                        "max_lag_bytes", 0L,
                        "max_lag_ms", 5L,
                        "max_latency_ms", 20,
                        "switchover_drain_limit_ms", 0))))
                .isEqualTo(new HaSettings(
                        Duration.ofMillis(500),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(2),
                        0,
                        5,
                        Duration.ofMillis(20),
                        Duration.ZERO,
                        Duration.ofSeconds(2)));
    }

    @Test
    void withoutAnOpenTimeThereAreNoBreakers() {
        assertThat(HaSettings.of(config(Map.of("breaker_open_ms", 0))).breakerOpen())
                .isZero();
        assertThat(HaSettings.of(config(Map.of("breaker_open_ms", 10))).breakerOpen())
                .hasMillis(10);
    }

    @ParameterizedTest
    @CsvSource({
        "probe_interval_ms, 9, probe.interval.ms: 9: must be from 10 to 60000",
        "probe_interval_ms, 60001, probe.interval.ms: 60001: must be from 10 to 60000",
        "probe_urgent_interval_ms, 0, probe.urgent.interval.ms: 0: must be from 10 to 60000",
        "probe_timeout_ms, 10001, probe.timeout.ms: 10001: must be from 10 to 10000",
        "max_latency_ms, 0, max.latency.ms: 0: must be from 1 to 60000",
        "breaker_open_ms, 9, breaker.open.ms: 9: must be from 10 to 60000",
        "switchover_drain_limit_ms, -1, switchover.drain.limit.ms: -1: must be from 0 to 60000",
        "switchover_drain_limit_ms, 60001, switchover.drain.limit.ms: 60001: must be from 0 to 60000",
    })
    void refusesWhatIsOutOfBounds(String attribute, int value, String message) {
        assertThatThrownBy(() -> HaSettings.of(config(Map.of(attribute, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"max_lag_bytes, max.lag.bytes", "max_lag_ms, max.lag.ms"})
    void refusesANegativeLimit(String method, String attribute) {
        assertThatThrownBy(() -> HaSettings.of(config(Map.of(method, -1L))))
                .hasMessage(attribute + ": -1: must be at least 0");
    }

    static HaConfig config(Map<String, Object> values) {
        return (HaConfig) Proxy.newProxyInstance(
                HaConfig.class.getClassLoader(),
                new Class<?>[] {HaConfig.class},
                (self, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
