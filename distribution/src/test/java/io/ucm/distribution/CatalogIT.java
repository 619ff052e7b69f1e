// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The catalog through the launcher: its commands, its workload, and that the workload can fail. */
class CatalogIT {

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

    /** In a container of its own, where nobody else changes prices. */
    @Test
    void showsAndChangesThePricesOfEachShop() {
        try (UcmProcess ucm = UcmProcess.exec(
                "catalog:list --json",
                "catalog:reprice 7 9.50 --json",
                "catalog:price 7 --json",
                "catalog:price 7 --tenant south --json",
                "catalog:list --tenant south",
                "catalog:price 7")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            List<String> lines = ucm.stdout().lines().toList();
            assertThat(object(lines.get(0)).getAsJsonArray("products")).hasSize(100);
            assertThat(lines.get(1))
                    .isEqualTo("{\"shop\":\"north\",\"id\":7,\"name\":\"Tea no. 7\",\"price\":9.50,\"version\":1}");
            assertThat(lines.get(2)).isEqualTo(lines.get(1));
            assertThat(lines.get(3))
                    .isEqualTo("{\"shop\":\"south\",\"id\":7,\"name\":\"Coffee no. 7\",\"price\":1.70,\"version\":0}");
            assertThat(lines).hasSize(4 + 102 + 3);
            assertThat(lines.get(105)).matches("south +100  Coffee no\\. 100 +11\\.00 +0");
            assertThat(lines.get(108)).matches("north +7  Tea no\\. 7 +9\\.50 +1");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void namesWhatIsNotThere() {
        try (UcmProcess ucm = server.attach("catalog:list --tenant west")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("--tenant west: there is no such shop; there are: [north, south]");
        }
        try (UcmProcess ucm = server.attach("catalog:reprice 101 1")) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stderr()).contains("shop 'north' has no product 101");
        }
    }

    @Test
    void isRightWhenNothingHappens() {
        try (UcmProcess ucm = server.attach("catalog:run --seconds 3 --clients 16 --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            JsonObject report = object(ucm.stdout());
            for (String zero : List.of("failed", "stale", "wrong")) {
                assertThat(report.get(zero).getAsLong()).as(zero).isZero();
            }
            assertThat(report.get("changes").getAsLong()).isPositive();
            assertThat(report.get("requests").getAsLong())
                    .isGreaterThan(report.get("changes").getAsLong());
            assertThat(report.get("elapsedMs").getAsLong()).isGreaterThanOrEqualTo(3_000);
            assertThat(report.getAsJsonObject("failedByState").keySet()).isEmpty();
            assertThat(report.getAsJsonObject("latencyMs").keySet()).containsExactly("p50", "p99", "max");
        }
    }

    @Test
    void onlyReadsInAReadOnlyMode() {
        try (UcmProcess ucm = server.attach("catalog:run --seconds 1 --clients 4 --mode MCP_SERVER --json")) {
            assertThat(ucm.awaitExit()).as(ucm.stderr()).isZero();
            assertThat(object(ucm.stdout()).get("changes").getAsLong()).isZero();
            assertThat(object(ucm.stdout()).get("requests").getAsLong()).isPositive();
        }
    }

    /** In a container of its own: versions go backwards in it. */
    @Test
    void seesAPriceThatWasPutBackBehindItsBack() {
        try (UcmProcess ucm = UcmProcess.exec(
                "catalog:start --clients 4",
                "ledger:run --seconds 1 --clients 1",
                "ucm:sql --mode ADMIN \"UPDATE catalog_product SET version = version - 100\"",
                "ledger:run --seconds 1 --clients 1",
                "catalog:report --json")) {
            assertThat(ucm.awaitExit()).isOne();
            JsonObject report = object(ucm.stdout()
                    .lines()
                    .toList()
                    .get(ucm.stdout().lines().toList().size() - 1));
            assertThat(report.get("stale").getAsLong()).isPositive();
            assertThat(report.get("wrong").getAsLong()).isZero();
            assertThat(ucm.stderr()).contains("the catalog is not right: failed 0 {}, stale ");
        }
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
