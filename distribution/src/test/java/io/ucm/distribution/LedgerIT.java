// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ledger in one running container: that it counts, and that it can fail. */
class LedgerIT {

    private static final String NEWEST = "SELECT ctid FROM ledger_entry WHERE id = 3 ORDER BY written DESC LIMIT 1";

    private static UcmProcess server;

    @BeforeAll
    static void serves() {
        server = UcmProcess.start(AssembledFolder.original(), "serve").awaitStderr("ucm: ready");
    }

    @AfterAll
    static void leavesNothing() {
        try (UcmProcess stopped = server) {
            assertThat(stopped.terminate().awaitExit()).as(stopped.stderr()).isZero();
            stopped.assertNothingLeft();
        }
    }

    @Test
    void balancesWhenNothingHappens() {
        try (UcmProcess ucm = run("ledger:run --seconds 2 --clients 16 --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            assertThat(figure(ucm, "acknowledged")).isPositive();
            for (String zero : new String[] {"failed", "unknown", "lost", "duplicated", "staleReads"}) {
                assertThat(figure(ucm, zero)).as(zero).isZero();
            }
        }
    }

    @Test
    void onlyReadsInAReadOnlyMode() {
        try (UcmProcess ucm = run("ledger:run --seconds 1 --clients 4 --mode MCP_SERVER --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            assertThat(figure(ucm, "acknowledged")).isZero();
            assertThat(figure(ucm, "requests")).isPositive();
        }
    }

    @Test
    void seesARowThatWasRemovedBehindItsBack() {
        try (UcmProcess ucm = withFault("DELETE FROM ledger_entry WHERE ctid = (" + NEWEST + ")")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(figure(ucm, "lost")).isOne();
            assertThat(figure(ucm, "duplicated")).isZero();
            assertThat(ucm.stderr()).contains("the ledger does not balance").contains("lost 1");
        }
    }

    @Test
    void seesARowThatWasWrittenTwiceBehindItsBack() {
        try (UcmProcess ucm =
                withFault("INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE ctid = (" + NEWEST + ")")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(figure(ucm, "lost")).isZero();
            assertThat(figure(ucm, "duplicated")).isOne();
        }
    }

    private static UcmProcess withFault(String sql) {
        return run(
                "ledger:start --clients 2",
                "ledger:wait --seconds 1",
                "ucm:sql --mode ADMIN \"" + sql + "\"",
                "ledger:report --json");
    }

    private static UcmProcess run(String... commands) {
        return server.attach(commands);
    }

    private static long figure(UcmProcess ucm, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(\\d+)").matcher(ucm.stdout());
        assertThat(matcher.find())
                .as(name + " in " + ucm.stdout() + ucm.stderr())
                .isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
