// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Whether the size that is found does as much as the best one. */
final class AutoscaleSuite implements Suite {

    private static final Metric THROUGHPUT = new Metric("throughput", "1/s", 0);

    private static final int CALLERS = 50;
    private static final int[] SWEEP = {2, 3, 5, 8, 12, 20, 35, 60};
    private static final int[] PLAIN = {10, 100};
    private static final int START = 12;
    private static final double BOUND = 0.95;

    private static final Map<String, String> LOADS = loads();

    private static final String HOW = """
            50 threads, each of which borrows a connection of the embedded PostgreSQL's primary, runs one statement in autocommit,
            returns it, and again. `cpu`: `SELECT sum(i * i) FROM generate_series(1, 20000)`, which the server computes for some
            milliseconds; `wait`: `SELECT pg_sleep(0.005)`; `hot row`: an UPDATE of one and the same row, which is
            acknowledged by a replica. `fixed N` is UCM with `ucm:resize` to N and N, after the server has seen N connections;
            10 and 100 are what people set, the others are the sweep. `ucm` is UCM as it comes, with nothing set: it begins the
            load with 12 connections and may have 2 to 60; it is measured for 4 s after it has run for 10 s, and once more after
            30 s. All are UCM's pool on HikariCP: what differs is the size. The sweep runs once; then UCM runs three times, each
            time between two runs of the best fixed size. The target compares each of its runs with the mean of those two, and
            takes the median.
            """;

    private static Map<String, String> loads() {
        Map<String, String> loads = new LinkedHashMap<>();
        loads.put("cpu", "SELECT sum(i * i) FROM generate_series(1, 20000) AS i");
        loads.put("wait", "SELECT pg_sleep(0.005)");
        loads.put("hot row", "UPDATE bench_hot SET n = n + 1 WHERE id = 1");
        return loads;
    }

    /** After 10 s, and later. */
    private record Rates(double first, double later) {}

    /** What the best fixed size did before and after, and UCM between. */
    private record Pair(double fixed, Rates ucm) {}

    @Override
    public String name() {
        return "autoscale";
    }

    @Override
    public String summary() {
        return "the size that UCM finds by itself beside a sweep of fixed sizes, under three loads; about 9 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            Embedded.await(container);
            run.say("the container runs");
            DataSource pool = container.manager(UcmContainer.EMBEDDED).dataSource();
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE bench_hot (id int PRIMARY KEY, n bigint) WITH (fillfactor = 50)");
                statement.execute("INSERT INTO bench_hot VALUES (1, 0)");
            }
            for (String load : LOADS.keySet()) {
                measure(run, container, pool, load, rows, targets);
            }
        }
        return new Report(name(), Machine.describe(), HOW, rows, targets);
    }

    private static List<Integer> fixed(Run run) {
        List<Integer> sizes = new ArrayList<>();
        if (!run.quick()) {
            for (int size : SWEEP) {
                sizes.add(size);
            }
        } else {
            sizes.addAll(List.of(3, 5, 8, 20, 60));
        }
        for (int size : PLAIN) {
            sizes.add(size);
        }
        return sizes;
    }

    private static void measure(
            Run run, UcmContainer container, DataSource pool, String load, List<Row> rows, List<Target> targets)
            throws Exception {
        String version = Embedded.contestant(container).version();
        Duration window = Duration.ofSeconds(run.choose(4, 3));
        warmUp(pool, load);
        int best = 0;
        double most = 0;
        for (int size : fixed(run)) {
            double rate = fixed(container, pool, load, size, window);
            run.say("%s, fixed %d: %.0f".formatted(load, size, rate));
            rows.add(Row.of(new Contestant("fixed " + size, version), load, THROUGHPUT, new Sample(rate)));
            best = rate > most ? size : best;
            most = Math.max(rate, most);
        }
        int rounds = run.choose(3, 1);
        List<Pair> pairs = new ArrayList<>();
        double before = fixed(container, pool, load, best, window);
        for (int round = 0; round < rounds; round++) {
            Rates ucm = scaled(run, container, pool, load, window);
            double after = fixed(container, pool, load, best, window);
            pairs.add(new Pair((before + after) / 2, ucm));
            run.say("%s, fixed %d: %.0f and %.0f, ucm: %.0f, %.0f"
                    .formatted(load, best, before, after, ucm.first(), ucm.later()));
            before = after;
        }
        Sample fixed = Sample.of(pairs, Pair::fixed);
        Sample first = Sample.of(pairs, pair -> pair.ucm().first());
        Sample later = Sample.of(pairs, pair -> pair.ucm().later());
        rows.add(Row.of(new Contestant("fixed " + best, version), load + ", again", THROUGHPUT, fixed));
        rows.add(Row.of(Embedded.contestant(container), load + ", after 10 s", THROUGHPUT, first));
        rows.add(Row.of(Embedded.contestant(container), load + ", after 30 s", THROUGHPUT, later));
        targets.add(share(load + ": ucm after 10 s as a share of the best size", first, fixed));
        targets.add(share(load + ": ucm after 30 s as a share of it", later, fixed));
    }

    private static Target share(String name, Sample ucm, Sample fixed) {
        return Target.atLeast(
                name, BOUND, ucm.with(fixed, (mine, its) -> mine / its).median());
    }

    private static void warmUp(DataSource pool, String load) throws Exception {
        try (Load running = Load.start(pool, LOADS.get(load), CALLERS)) {
            running.rate(Duration.ofSeconds(5));
        }
    }

    private static double fixed(UcmContainer container, DataSource pool, String load, int size, Duration window)
            throws Exception {
        limits(container, size, size);
        try (Load running = Load.start(pool, LOADS.get(load), CALLERS)) {
            TimeUnit.SECONDS.sleep(1);
            return running.rate(window);
        }
    }

    private static Rates scaled(Run run, UcmContainer container, DataSource pool, String load, Duration window)
            throws Exception {
        limits(container, START, START);
        container.run("ucm:resize %s 2 60".formatted(UcmContainer.MODE));
        try (Load running = Load.start(pool, LOADS.get(load), CALLERS)) {
            TimeUnit.SECONDS.sleep(10);
            double first = running.rate(window);
            TimeUnit.SECONDS.sleep(run.choose(16, 5));
            return new Rates(first, running.rate(window));
        } finally {
            run.say("what it decided:\n" + container.run("ucm:pool --decisions " + UcmContainer.MODE));
        }
    }

    /** Blocks until as many are open; those that are too many are lent no more at once, and closed by and by. */
    private static void limits(UcmContainer container, int least, int most) throws Exception {
        container.run("ucm:resize %s %d %d".formatted(UcmContainer.MODE, least, most));
        Embedded.awaitConnections(container, least);
        TimeUnit.MILLISECONDS.sleep(200);
    }
}
