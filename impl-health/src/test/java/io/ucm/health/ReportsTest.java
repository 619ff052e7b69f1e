// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.shell.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportsTest {

    private static final HealthComponent WELL =
            new HealthComponent("role main/A", HealthStatus.OK, null, Map.of("answerMs", 3, "ageMs", 1.5));

    @Test
    void healthHasItsKeys() {
        assertThat(Json.line(HealthTable.of(List.of(WELL, ill(HealthStatus.WARN)), 7)))
                .isEqualTo("{\"status\":\"WARN\",\"components\":["
                        + "{\"name\":\"role main/A\",\"status\":\"OK\",\"reason\":null,"
                        + "\"figures\":{\"ageMs\":1.5,\"answerMs\":3}},"
                        + "{\"name\":\"redis\",\"status\":\"WARN\",\"reason\":\"it is away\",\"figures\":{}}],"
                        + "\"elapsedMs\":7}");
    }

    @Test
    void validationHasItsKeys() {
        assertThat(Json.line(ValidateReport.of(List.of(WELL, ill(HealthStatus.CRITICAL)), 7)))
                .isEqualTo("{\"valid\":false,\"status\":\"CRITICAL\",\"checks\":["
                        + "{\"name\":\"role main/A\",\"status\":\"OK\",\"reason\":null},"
                        + "{\"name\":\"redis\",\"status\":\"CRITICAL\",\"reason\":\"it is away\"}],\"elapsedMs\":7}");
        assertThat(ValidateReport.of(List.of(ill(HealthStatus.WARN)), 7).valid())
                .isTrue();
    }

    @Test
    void theTablesEndWithTheVerdict() {
        assertThat(HealthTable.of(List.of(WELL), 7).toString())
                .contains("role main/A", "ageMs=1.5 answerMs=3")
                .endsWith("OK (7 ms)");
        assertThat(ValidateReport.of(List.of(ill(HealthStatus.CRITICAL)), 7).toString())
                .contains("it is away")
                .endsWith("not valid (7 ms)");
    }

    @ParameterizedTest
    @EnumSource(names = {"OK", "WARN"})
    void whatWorksDoesNotFail(HealthStatus status) {
        assertThat(Outcome.printed("report", "health", List.of(ill(status)))).isEqualTo("report");
    }

    @ParameterizedTest
    @EnumSource(names = {"TEMPORARILY_UNAVAILABLE", "CRITICAL", "HEALTH_CHECK_ERROR"})
    void whatDoesNotWorkPrintsAndFails(HealthStatus status) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true));
        try {
            assertThatThrownBy(() -> Outcome.printed("report", "health", List.of(WELL, ill(status))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("health is " + status + ": redis: it is away");
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString()).isEqualToIgnoringNewLines("report");
    }

    private static HealthComponent ill(HealthStatus status) {
        return new HealthComponent("redis", status, "it is away", Map.of());
    }
}
