// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.ha.HaWatchers;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.Topology;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A process of its own that watches a cluster and promotes, with pauses at random points: some longer than a lock is kept
 * for. Reads the cluster from standard input, says on standard output when it is armed and who is the primary, and ends
 * when it is killed.
 */
final class PromotingProcess {

    /** For longer than a lock is kept by one who says nothing. */
    private static final int LONG_PAUSE_MS = 3_500;

    /** So many, so that it has an end. */
    private static final AtomicInteger LONG_PAUSES = new AtomicInteger(2);

    private PromotingProcess() {}

    public static void main(String[] arguments) throws Exception {
        DriverCluster cluster = DriverCluster.described(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        Random random = new Random(Long.parseLong(arguments[1]));
        AtomicReference<String> said = new AtomicReference<>("");
        HeardCluster slow = new HeardCluster(cluster, FailoverPolicy.PROMOTE, sql -> pause(random, sql));
        HaWatchers.in(Path.of(arguments[0])).watch(slow, topology -> {
            String state = state(topology);
            if (!state.equals(said.getAndSet(state))) {
                System.out.println(state);
            }
        });
        Pause.of(Duration.ofMinutes(5));
    }

    private static String state(Topology topology) {
        return topology.primary() == null
                ? "nobody"
                : "%s %d %s"
                        .formatted(
                                topology.primary(),
                                topology.epoch().timeline(),
                                topology.promotion().armed()
                                        ? "armed"
                                        : topology.promotion().why());
    }

    /** Waits at random before what changes something, or is part of it; not before the question of the watch. */
    private static void pause(Random random, String sql) {
        if (sql.contains("pg_has_role")) {
            return;
        }
        int chance = random.nextInt(100);
        int ms =
                chance < 3 && LONG_PAUSES.getAndDecrement() > 0 ? LONG_PAUSE_MS : chance < 30 ? random.nextInt(100) : 0;
        Pause.of(Duration.ofMillis(ms));
    }
}
