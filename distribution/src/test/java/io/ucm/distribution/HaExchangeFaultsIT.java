// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.distribution.ExchangeKit.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** The bundle that promotes is exchanged in the middle of a promotion: the next version goes on, and there is one primary. */
public class HaExchangeFaultsIT extends HandoverContainer {

    private static final String HA = "io.ucm.ha";
    private static final String ARMED = "\"promote\":{\"armed\":true,\"why\":null}";
    private static final String STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
    private static final Pattern EPOCH = Pattern.compile("\"timeline\":(\\d+),\"primary\":\"(\\w+)\"}");
    private static final int LAPS = 2;
    /** From the order to kill on. */
    private static final int LONGEST_MS = 400;
    /** So early the version that goes has seen nothing of it. */
    private static final int UNNOTICED_MS = 60;

    private static final String[] NOTHING_OF = {"failed", "unknown", "lost", "duplicated", "staleReads"};

    /** Who takes the writes, as the topology tells. */
    private record Epoch(int timeline, String primary) {}

    @Test
    public void theNextVersionGoesOnWithThePromotionOfTheOneBefore() throws Exception {
        long seed = Long.getLong("ucm.test.seed", System.nanoTime());
        System.err.println("HaExchangeFaultsIT: -Ducm.test.seed=" + seed);
        Random random = new Random(seed);
        DriverCluster cluster = DriverCluster.embedded("ha-exchange", context);
        itIsWhole();
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 1");
        for (int lap = 0; lap < LAPS; lap++) {
            List<Map.Entry<String, Action>> ways = new ArrayList<>(ways().entrySet());
            Collections.shuffle(ways, random);
            for (Map.Entry<String, Action> way : ways) {
                int ms = random.nextInt(random.nextBoolean() ? LONGEST_MS : UNNOTICED_MS);
                String round = "seed " + seed + ": " + way.getKey() + " after " + ms + " ms";
                System.err.println("HaExchangeFaultsIT: " + round);
                exchangedInTheMiddle(cluster, way.getValue(), ms, round);
            }
        }
        shell.run("ledger:wait --seconds 1");
        nobodyNoticed("seed " + seed, shell.attempt("ledger:report --json"));
        shell.run("ucm:ready --seconds 30");
    }

    /** Those that take the bundle, its classes, or both. */
    private Map<String, Action> ways() {
        Map<String, Action> ways = new LinkedHashMap<>();
        ways.put("stop and start", () -> kit.restart(HA));
        ways.put("update", () -> kit.update(HA));
        ways.put("refresh", () -> kit.refresh(HA));
        ways.put("update and refresh", () -> {
            kit.update(HA);
            kit.refresh(HA);
        });
        ways.put("uninstall and install", () -> kit.reinstall(HA));
        ways.put("two side by side", () -> kit.sideBySide(HA, ExchangeKit.secondVersion(HA)));
        ways.put("swap to another version and back", () -> kit.swap("ha", ExchangeKit.secondVersion(HA)));
        ways.put("stop and start, thrice", () -> {
            for (int i = 0; i < 3; i++) {
                kit.restart(HA);
            }
        });
        return ways;
    }

    private void exchangedInTheMiddle(DriverCluster cluster, Action exchange, int ms, String round) throws Exception {
        Epoch before = epoch(topology());
        CompletableFuture<String> killed =
                CompletableFuture.supplyAsync(() -> shell.attempt("embedded:kill " + before.primary()));
        Pause.of(Duration.ofMillis(ms));
        exchange.run();
        killed.get(20, TimeUnit.SECONDS);
        ContainerShell.await(round + ": a new primary", this::topology, json -> {
            Matcher epoch = EPOCH.matcher(json);
            return epoch.find() && !epoch.group(2).equals(before.primary());
        });
        Epoch now = epoch(topology());
        assertEquals(round, before.timeline() + 1, now.timeline());
        for (String node : List.of("n1", "n2", "n3")) {
            if (!node.equals(before.primary())) {
                assertEquals(
                        round + ": whether " + node + " is a replica",
                        node.equals(now.primary()) ? "f" : "t",
                        cluster.sql(node, "SELECT pg_is_in_recovery()"));
            }
        }
        assertEquals(round, "1", cluster.sql(now.primary(), STREAMING));
        shell.run("embedded:rejoin " + before.primary());
        itIsWhole();
        assertEquals(round, now, epoch(topology()));
    }

    private void itIsWhole() throws Exception {
        ContainerShell.await(
                "it is armed, and all nodes are read",
                this::topology,
                json -> json.contains(ARMED) && json.split("\"readable\":true", -1).length == 4);
    }

    private static void nobodyNoticed(String seed, String report) {
        for (String figure : NOTHING_OF) {
            assertTrue(seed + ": " + report, report.contains("\"" + figure + "\":0"));
        }
    }

    private static Epoch epoch(String json) {
        Matcher epoch = EPOCH.matcher(json);
        assertTrue(json, epoch.find());
        return new Epoch(Integer.parseInt(epoch.group(1)), epoch.group(2));
    }

    /** What it says, also while the bundle comes. */
    private String topology() {
        return shell.attempt("ucm:topology --json --cluster main");
    }
}
