// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What it costs on the good path that the outcome of a lost COMMIT can be found out: the same writes in two modes that differ in
 * nothing but {@code commit.outcome}, each with connections of its own.
 */
final class TokenCost {

    private static final Metric THROUGHPUT = new Metric("throughput", "1/s", 0);
    private static final Metric RATIO = new Metric("to reported", "x", 3);
    private static final String CASE = "write, 32 clients";
    private static final String REPORTED = "BENCH_REPORTED";

    private static final int CLIENTS = 32;
    private static final double BOUND = 0.93;

    /** The run that its rows are told from others' by. */
    private static final int RUN = -1;

    private record Side(Contestant contestant, ConnectionManager manager) {}

    private TokenCost() {}

    static void measure(
            Suite.Run run, UcmContainer container, Nodes nodes, Database database, List<Row> rows, List<Target> targets)
            throws Exception {
        List<Side> sides = sides(container);
        long millis = run.choose(1_000, 400);
        Rounds.Turn<Side, Double> turn = side -> rate(side.manager(), millis);
        Rounds.run(run.choose(6, 3), sides, turn);
        Map<Side, List<Double>> rates = Rounds.run(run.choose(30, 8), sides, turn);
        Sample resolved = Sample.of(rates.get(sides.get(0)), rate -> rate);
        Sample reported = Sample.of(rates.get(sides.get(1)), rate -> rate);
        for (Side side : sides) {
            Sample mine = Sample.of(rates.get(side), rate -> rate);
            rows.add(Row.of(side.contestant(), CASE, THROUGHPUT, mine));
            rows.add(Row.of(side.contestant(), CASE, RATIO, mine.with(reported, (a, b) -> a / b)));
        }
        targets.add(Target.atLeast(
                "ucm: writes with the token row as a share of those without, median",
                BOUND,
                resolved.with(reported, (a, b) -> a / b).median()));
        String primary = nodes.awaitComplete().primary();
        try (Connection connection = nodes.watched(database, primary).connect()) {
            FailoverRows.empty(connection);
        }
    }

    private static List<Side> sides(UcmContainer container) throws Exception {
        Map<String, Object> mode = new HashMap<>(container.configuration(Embedded.MODE_PID));
        mode.keySet().removeIf(key -> key.startsWith("service.") || key.startsWith("felix."));
        mode.put("mode", REPORTED);
        mode.put("based.on", UcmContainer.MODE);
        mode.put("commit.outcome", CommitOutcome.REPORTED.name());
        container.configure("io.ucm.mode", mode);
        ConnectionManager resolved = container.manager(UcmContainer.EMBEDDED);
        ConnectionManager reported = container.manager(UcmContainer.EMBEDDED, REPORTED);
        check(resolved, CommitOutcome.RESOLVED);
        check(reported, CommitOutcome.REPORTED);
        Contestant ucm = Embedded.contestant(container);
        return List.of(
                new Side(new Contestant(ucm.name() + ", RESOLVED", ucm.version()), resolved),
                new Side(new Contestant(ucm.name() + ", REPORTED", ucm.version()), reported));
    }

    private static void check(ConnectionManager manager, CommitOutcome expected) {
        CommitOutcome outcome = manager.mode().commitOutcome();
        if (outcome != expected) {
            throw new IllegalStateException(
                    "mode %s has %s instead of %s".formatted(manager.mode().name(), outcome, expected));
        }
    }

    /** Writes in a second. Fails where one does. */
    private static double rate(ConnectionManager manager, long millis) throws Exception {
        try (Writers writers = Writers.start(
                (client, row) -> manager.write(connection -> FailoverRows.insert(connection, RUN, client, row))
                        .toCompletableFuture()
                        .get(),
                CLIENTS,
                0)) {
            writers.awaitRows(2);
            long from = System.nanoTime();
            long before = writers.acknowledged();
            TimeUnit.MILLISECONDS.sleep(millis);
            long written = writers.acknowledged() - before;
            double seconds = (System.nanoTime() - from) / 1e9;
            if (!writers.errors().isEmpty()) {
                throw new IllegalStateException("writes failed: " + writers.errors());
            }
            return written / seconds;
        }
    }
}
