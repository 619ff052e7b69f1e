// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.settings.Attributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is in force, and who says so. */
@Timeout(30)
class SettingReportTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("acquire_timeout_ms", 30_000));

    @Test
    void everyAttributeIsTold() {
        Set<String> all = new HashSet<>(Attributes.known(ModeConfig.class).keySet());
        all.removeAll(Set.of("cluster", "mode", "based.on"));
        all.addAll(Set.of("application_name", "TimeZone", "synchronous_commit"));

        assertThat(reports(Map.of(), null).keySet()).isEqualTo(all);
    }

    @Test
    void aValueIsTheModesOrTheConfigurations() {
        Map<String, SettingReport> reports = reports(Map.of("statement_timeout_ms", 150), null);

        assertThat(reports.get("statement.timeout.ms"))
                .isEqualTo(new SettingReport("statement.timeout.ms", "150 ms", "io.ucm.test~1", null));
        assertThat(reports.get("lock.timeout.ms"))
                .isEqualTo(new SettingReport("lock.timeout.ms", "10 s", "mode ASYNC_MODERN", null));
        assertThat(reports.get("tls.key"))
                .isEqualTo(new SettingReport("tls.key", "the cluster's", "cluster main", null));
        assertThat(reports.get("application_name"))
                .isEqualTo(new SettingReport("application_name", "ucm/main/ASYNC_MODERN", "UCM, always", null));
    }

    @Test
    void aFurtherModesValuesAreThoseOfAnother() {
        Map<String, SettingReport> reports = reports(Map.of("mode", "REPORTS", "based_on", "ML_TRAINING"), null);

        assertThat(reports.get("statement.timeout.ms"))
                .isEqualTo(
                        new SettingReport("statement.timeout.ms", "none", "mode REPORTS (based on ML_TRAINING)", null));
    }

    @Test
    void aSecretIsNotTold() {
        Map<String, SettingReport> reports = reports(Map.of("_password", "geheim"), null);

        assertThat(reports.get(".password").value()).isEqualTo("***");
        assertThat(reports.toString()).doesNotContain("geheim");
        assertThat(reports(Map.of(), null).get(".password").value()).isEqualTo("none");
    }

    @Test
    void whatTheServerSaysIsInTheSameWordsAndMarkedWhereItDiffers() {
        ServerSettings server = new ServerSettings(
                "n1",
                null,
                Map.of(
                        "statement_timeout", "5000",
                        "lock_timeout", "0",
                        "default_transaction_read_only", "on",
                        "current_user", "app",
                        "TimeZone", "UTC"));
        Map<String, SettingReport> reports = reports(Map.of(), server);

        assertThat(reports.get("statement.timeout.ms").compared()).isEqualTo("5 s");
        assertThat(reports.get("lock.timeout.ms").compared()).isEqualTo("none (differs)");
        assertThat(reports.get("default.access").compared()).isEqualTo("READ_ONLY (differs)");
        assertThat(reports.get("user").compared()).isEqualTo("app");
        assertThat(reports.get("TimeZone").compared()).isEqualTo("UTC");
        assertThat(reports.get("acquire.timeout.ms").compared()).isNull();
    }

    @Test
    void limitsThatACommandHasChangedAreItsOwn() {
        bench.manager.resize(new SizeLimits(3, 9));

        String printed = new PoolsReport(
                        List.of(PoolsReport.PoolReport.of(bench.manager, new ServerSettings("n1", null, Map.of()))))
                .toString();

        assertThat(printed)
                .containsPattern("pool.size.min.count +3 +ucm:resize")
                .containsPattern("pool.size.max.count +9 +ucm:resize");
    }

    @Test
    void aServerThatCanNotBeAskedIsNoFailure() {
        ServerSettings server = ServerSettings.ask(bench.view(), Duration.ofMillis(50));

        assertThat(server.problem()).isEqualTo("no answer within 50 ms");
        assertThat(bench.manager.pool().pending()).isZero();
        String printed = new PoolsReport(List.of(PoolsReport.PoolReport.of(bench.manager, server))).toString();
        assertThat(printed)
                .contains("the server was not asked: no answer within 50 ms")
                .containsPattern("acquire.timeout.ms +30 s +io.ucm.test~1");
    }

    private Map<String, SettingReport> reports(Map<String, Object> changes, ServerSettings server) {
        return SettingReport.of(bench.settings(changes), server)
                .collect(Collectors.toMap(SettingReport::name, Function.identity()));
    }
}
