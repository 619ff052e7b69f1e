// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.Contestant.Opened;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** All pools on the stub driver: what is measured is the pool. */
final class StubCases {

    private static final Metric CPU = new Metric("cpu", "ns", 1);
    private static final Metric OVER = new Metric("over " + Contestant.BARE, "ns", 1);
    private static final Metric RATIO = new Metric("to " + Contestant.BARE, "x", 2);
    private static final Metric WALL = new Metric("wall", "ns", 1);
    private static final Metric BYTES = new Metric("allocated", "B", 0);

    /** Mode ASYNC_MODERN's. */
    private static final int SIZE = 12;

    private static final double BORROW_BOUND = 150;
    private static final double STATEMENT_BOUND = 60;
    private static final double BATCH_NANOS = 40e6;

    /** Until the compiler has done with the longest path: with 20, it had not in one run of three. */
    private static final int WARM_UPS = 60;

    private static final int SMALLEST_BATCH = 1_000;

    private static final Contestant DRIVER = new Contestant("stub driver", "-");

    /** What is done over and over. */
    private interface Work {

        long run(DataSource pool, long operations) throws SQLException;

        /** What it returns. */
        long expected(long operations);

        /** How many queries reach the driver. */
        long queries(long operations);
    }

    private static final class Borrow implements Work {

        /** Of the batch that began last: what another thread could see is not made away with. */
        private volatile @Nullable AtomicReference<Connection> seen;

        @Override
        public long run(DataSource pool, long operations) throws SQLException {
            AtomicReference<Connection> last = new AtomicReference<>();
            seen = last;
            for (long i = 0; i < operations; i++) {
                Connection connection = pool.getConnection();
                last.setOpaque(connection);
                connection.close();
            }
            return last.get() == null ? 0 : operations;
        }

        @Override
        public long expected(long operations) {
            return operations;
        }

        @Override
        public long queries(long operations) {
            return 0;
        }
    }

    private static final class Statement implements Work {

        @Override
        public long run(DataSource pool, long operations) throws SQLException {
            long sum = 0;
            try (Connection connection = pool.getConnection()) {
                for (long i = 0; i < operations; i++) {
                    PreparedStatement statement = connection.prepareStatement("SELECT f(?)");
                    statement.setLong(1, i);
                    ResultSet results = statement.executeQuery();
                    if (results.next()) {
                        sum += results.getLong(1);
                    }
                    statement.close();
                }
            }
            return sum;
        }

        @Override
        public long expected(long operations) {
            long sum = 0;
            for (long i = 0; i < operations; i++) {
                sum += StubServer.answer(i);
            }
            return sum;
        }

        @Override
        public long queries(long operations) {
            return operations;
        }
    }

    private final Suite.Run run;
    private final UcmContainer container;

    StubCases(Suite.Run run, UcmContainer container) {
        this.run = run;
        this.container = container;
    }

    void run(List<Row> rows, List<Target> targets) throws Exception {
        List<Opened> pools = new ArrayList<>();
        try {
            pools.add(openUcm(container));
            Peers.open(StubCases::database, SIZE, pools);
            for (Opened pool : pools) {
                run.say(pool.contestant().name() + " " + pool.contestant().version());
                Alike.check(pool, SIZE, server(pool.contestant()));
            }
            borrow(1, pools, rows, targets);
            borrow(2, pools, rows, targets);
            statement(pools, rows, targets);
            for (Opened pool : pools) {
                Alike.checkSize(pool.contestant(), SIZE, server(pool.contestant()));
            }
        } finally {
            for (Opened pool : pools) {
                pool.close();
            }
        }
    }

    /** The cluster's manager as a contestant, with as many connections as the others; its pool stays when it is closed. */
    static Opened openUcm(UcmContainer container) throws Exception {
        return openUcm(
                container,
                serverName(Embedded.contestant(container)),
                Map.of("pool.size.count", SIZE, "pool.size.min.count", SIZE, "pool.size.max.count", SIZE));
    }

    /**
     * The manager of a cluster of its own, on the server of that name.
     *
     * @param settings of its mode
     */
    static Opened openUcm(UcmContainer container, String server, Map<String, Object> settings) throws Exception {
        container.offer(new StubDriver("jdbc:postgresql:"), StubDriver.class.getName());
        container.configure(
                "io.ucm.cluster",
                Map.of(
                        "cluster",
                        server,
                        "nodes",
                        new String[] {"n1=stub:5432"},
                        "database",
                        server,
                        "driver.class",
                        StubDriver.class.getName()));
        Map<String, Object> mode = new HashMap<>(settings);
        mode.putAll(Map.of("cluster", server, "mode", UcmContainer.MODE, "user", "stub", ".password", "stub"));
        container.configure("io.ucm.mode", mode);
        return new Opened(
                Embedded.contestant(container), container.manager(server).dataSource(), () -> {});
    }

    private static Database database(Contestant contestant) {
        return new Database(
                StubDriver.class.getName(), StubDriver.PREFIX + serverName(contestant), "stub", "stub", Map.of());
    }

    private static String serverName(Contestant contestant) {
        return contestant.name().replace(' ', '-');
    }

    static StubServer server(Contestant contestant) {
        return StubServer.named(serverName(contestant));
    }

    private void borrow(int threads, List<Opened> pools, List<Row> rows, List<Target> targets) throws Exception {
        String name = "borrow, " + threads + (threads == 1 ? " thread" : " threads");
        Sample over = measure(name, threads, pools, new Borrow(), rows);
        targets.add(Target.atMost(name + ": CPU ns of ucm over the bare pool", BORROW_BOUND, over.median()));
    }

    private void statement(List<Opened> pools, List<Row> rows, List<Target> targets) throws Exception {
        List<Opened> withDriver = new ArrayList<>(pools);
        withDriver.add(new Opened(DRIVER, new HeldConnection(database(DRIVER).connect()), () -> {}));
        Sample over = measure("statement", 1, withDriver, new Statement(), rows);
        targets.add(Target.atMost("statement: CPU ns of ucm over the bare pool", STATEMENT_BOUND, over.median()));
    }

    /** @return how much more CPU UCM needs than the bare pool */
    private Sample measure(String name, int threads, List<Opened> pools, Work work, List<Row> rows) throws Exception {
        run.say(name);
        Map<Opened, List<Cost>> costs;
        try (Crew crew = new Crew(threads)) {
            Map<Opened, Long> operations = new HashMap<>();
            for (Opened pool : pools) {
                operations.put(pool, calibrate(crew, pool, work));
            }
            Rounds.Turn<Opened, Cost> turn = pool -> batch(crew, pool, work, operations.get(pool));
            Rounds.run(run.choose(WARM_UPS, 10), pools, turn);
            costs = Rounds.run(run.choose(41, 9), pools, turn);
        }
        Sample bare = null;
        for (Opened pool : pools) {
            bare = pool.contestant().isBare() ? Sample.of(costs.get(pool), Cost::cpuNanos) : bare;
        }
        Sample ucm = null;
        for (Opened pool : pools) {
            Contestant contestant = pool.contestant();
            Sample cpu = Sample.of(costs.get(pool), Cost::cpuNanos);
            Sample over = cpu.with(bare, (mine, its) -> mine - its);
            rows.add(Row.of(contestant, name, CPU, cpu));
            rows.add(Row.of(contestant, name, OVER, over));
            rows.add(Row.of(contestant, name, RATIO, cpu.with(bare, (mine, its) -> mine / its)));
            rows.add(Row.of(contestant, name, WALL, Sample.of(costs.get(pool), Cost::wallNanos)));
            rows.add(Row.of(contestant, name, BYTES, Sample.of(costs.get(pool), Cost::bytes)));
            ucm = contestant.isUcm() ? over : ucm;
        }
        return ucm;
    }

    /** How many operations fill a batch; doubling warms up, too. */
    private static long calibrate(Crew crew, Opened pool, Work work) throws Exception {
        long operations = SMALLEST_BATCH;
        Cost cost = batch(crew, pool, work, operations);
        while (cost.wallNanos() * operations < BATCH_NANOS) {
            operations *= 2;
            cost = batch(crew, pool, work, operations);
        }
        return Math.max(SMALLEST_BATCH, (long) (BATCH_NANOS / cost.wallNanos()));
    }

    private static Cost batch(Crew crew, Opened pool, Work work, long operations) throws Exception {
        StubServer server = server(pool.contestant());
        long before = server.queries();
        Cost cost = crew.run(count -> work.run(pool.dataSource(), count), operations, work.expected(operations));
        long ran = server.queries() - before;
        if (ran != work.queries(operations) * crew.size()) {
            throw new IllegalStateException("%s: %d queries were run instead of %d"
                    .formatted(pool.contestant().name(), ran, work.queries(operations) * crew.size()));
        }
        return cost;
    }
}
