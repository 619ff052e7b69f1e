// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Contestant UCM = new Contestant("ucm ASYNC_MODERN", "1.0");
    private static final Contestant BARE = new Contestant("hikaricp", "7.1.0");
    private static final Metric CPU = new Metric("cpu", "ns", 1);
    private static final Metric JAIN = new Metric("jain", "", 3);

    private static final Report REPORT = new Report(
            "borrow",
            "a machine",
            "How it was measured.\n",
            List.of(
                    Row.of(UCM, "borrow", CPU, new Sample(100, 102.26, 104)),
                    Row.of(BARE, "borrow", CPU, 9, 0),
                    Row.of(UCM, "10 virtual", JAIN, 0.9996, 0.25)),
            List.of(Target.atMost("ucm over bare", 150, 93.26), Target.atLeast("jain", 0.95, 0.5)));

    @Test
    void theJsonHasTheAgreedShape() {
        JsonObject json = JsonParser.parseString(REPORT.json()).getAsJsonObject();

        assertThat(json.keySet()).containsExactly("suite", "machine", "rows");
        assertThat(json.get("suite").getAsString()).isEqualTo("borrow");
        assertThat(json.get("machine").getAsString()).isEqualTo("a machine");
        assertThat(json.getAsJsonArray("rows").get(0))
                .isEqualTo(JsonParser.parseString("{\"contestant\":\"ucm ASYNC_MODERN\",\"version\":\"1.0\","
                        + "\"case\":\"borrow\",\"metric\":\"cpu\",\"value\":102.3,\"unit\":\"ns\",\"spread\":4.0}"));
        assertThat(json.getAsJsonArray("rows").get(0).getAsJsonObject().keySet())
                .containsExactly("contestant", "version", "case", "metric", "value", "unit", "spread");
    }

    @Test
    void eachRowIsALineOfTheFile() {
        assertThat(REPORT.json().lines()).hasSize(4);
    }

    @Test
    void casesOfTheSameMetricsStandInOneTableThatLinesUp() {
        assertThat(REPORT.tables()).isEqualTo("""
                case    contestant        version  cpu ns    ±
                ------  ----------------  -------  ------  ---
                borrow  ucm ASYNC_MODERN  1.0       102.3  4.0
                borrow  hikaricp          7.1.0       9.0  0.0

                case        contestant        version   jain      ±
                ----------  ----------------  -------  -----  -----
                10 virtual  ucm ASYNC_MODERN  1.0      1.000  0.250""");
    }

    @Test
    void verdictsAreComputed() {
        assertThat(REPORT.verdicts()).isEqualTo("""
                target         bound          measured  verdict
                -------------  -------------  --------  -------
                ucm over bare  at most 150    93.26     met
                jain           at least 0.95  0.5       missed""");
    }

    @Test
    void notesFollowTheFigures() {
        assertThat(REPORT.markdown("\nIt was missed because.\n"))
                .startsWith("## borrow\n\nHow it was measured.\n\nMachine: a machine.\n\n```\ncase ")
                .endsWith("missed\n```\n\nIt was missed because.\n");
        assertThat(REPORT.markdown("")).endsWith("missed\n```\n");
    }
}
