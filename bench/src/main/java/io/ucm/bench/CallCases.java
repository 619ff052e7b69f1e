// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.bench.Contestant.Opened;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** UCM's {@code write} and {@code read} against the same JDBC by hand, on real PostgreSQL. */
final class CallCases {

    private static final Metric WALL = new Metric("wall", "µs", 1);
    private static final Metric WALL_OVER = new Metric("wall over by hand", "µs", 1);
    private static final Metric CPU = new Metric("cpu", "µs", 1);
    private static final Metric CPU_OVER = new Metric("cpu over by hand", "µs", 1);

    private static final double WRITE_BOUND = 5;
    private static final double ROUND_NANOS = 250e6;
    private static final int FIRST_ROUND = 200;
    private static final int SIZE = 12;

    /** Rows that reads ask for. */
    private static final int SEED = 1_000;

    private static final String INSERT = "INSERT INTO bench_row (owner, id) VALUES (?, ?)";
    private static final String SELECT = "SELECT id FROM bench_row WHERE owner = ? AND id = ?";
    private static final CallOptions ON_PRIMARY = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);

    /** One way to do one thing. */
    private record Side(Contestant contestant, Callers.Call call) {}

    private final Suite.Run run;
    private final UcmContainer container;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** JDBC by hand. */
    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    CallCases(Suite.Run run, UcmContainer container) {
        this.run = run;
        this.container = container;
    }

    void run(List<Row> rows, List<Target> targets) throws Exception {
        Database database = Embedded.database(container, "bench");
        ConnectionManager manager = container.manager(UcmContainer.EMBEDDED);
        try (Opened bare = Peers.openBare(database, SIZE);
                Connection own = database.connect()) {
            Contestant hand = new Contestant(
                    bare.contestant().name() + " by hand", bare.contestant().version());
            Contestant handed = new Contestant(hand.name() + ", on another thread", hand.version());
            Contestant ucm = Embedded.contestant(container);
            prepare(own);
            for (int callers : new int[] {1, 8}) {
                String suffix = ", " + callers + (callers == 1 ? " caller" : " callers");
                Sample over = measure(
                        "write" + suffix,
                        callers,
                        List.of(
                                new Side(hand, id -> insertByHand(bare, "hand", id)),
                                new Side(handed, id -> onAnotherThread(() -> insertByHand(bare, "thread", id))),
                                new Side(ucm, id -> insert(manager, id))),
                        own,
                        rows);
                if (callers == 1) {
                    targets.add(Target.atMost("write: wall µs of ucm over by hand", WRITE_BOUND, over.median()));
                }
                measure(
                        "read" + suffix,
                        callers,
                        List.of(
                                new Side(hand, id -> selectByHand(bare, id)),
                                new Side(handed, id -> onAnotherThread(() -> selectByHand(bare, id))),
                                new Side(ucm, id -> select(manager, id))),
                        own,
                        rows);
            }
            execute(own, "DROP TABLE bench_row");
        } finally {
            threads.shutdown();
        }
    }

    /**
     * @param sides the one by hand first, UCM last
     * @return how much longer UCM takes
     */
    private Sample measure(String name, int callers, List<Side> sides, Connection own, List<Row> rows)
            throws Exception {
        run.say(name);
        Side hand = sides.get(0);
        execute(own, "DELETE FROM bench_row WHERE owner <> 'seed'");
        Map<Side, List<Callers.Cost>> costs;
        long calls;
        int rounds = run.choose(40, 8);
        int warmUp = run.choose(8, 4);
        try (Callers crew = new Callers(callers)) {
            Callers.Cost first = crew.run(hand.call(), FIRST_ROUND);
            first = crew.run(hand.call(), FIRST_ROUND);
            int each = (int) Math.max(50, ROUND_NANOS / (first.wallMicros() * 1_000));
            Rounds.Turn<Side, Callers.Cost> turn = side -> crew.run(side.call(), each);
            Rounds.run(warmUp, sides, turn);
            costs = Rounds.run(rounds, sides, turn);
            calls = (long) each * callers * (rounds + warmUp);
            checkRows(name, own, "ucm", name.startsWith("write") ? calls : 0);
            checkRows(name, own, "thread", name.startsWith("write") ? calls : 0);
            checkRows(name, own, "hand", name.startsWith("write") ? calls + 2L * FIRST_ROUND * callers : 0);
        }
        Sample handWall = Sample.of(costs.get(hand), Callers.Cost::wallMicros);
        Sample handCpu = Sample.of(costs.get(hand), Callers.Cost::cpuMicros);
        Sample over = handWall;
        for (Side side : sides) {
            Sample wall = Sample.of(costs.get(side), Callers.Cost::wallMicros);
            Sample cpu = Sample.of(costs.get(side), Callers.Cost::cpuMicros);
            over = wall.with(handWall, (mine, its) -> mine - its);
            rows.add(Row.of(side.contestant(), name, WALL, wall));
            rows.add(Row.of(side.contestant(), name, WALL_OVER, over));
            rows.add(Row.of(side.contestant(), name, CPU, cpu));
            rows.add(Row.of(side.contestant(), name, CPU_OVER, cpu.with(handCpu, (mine, its) -> mine - its)));
        }
        return over;
    }

    /** As whoever wants a stage would do it by hand. */
    private void onAnotherThread(Work work) {
        CompletableFuture.runAsync(
                        () -> {
                            try {
                                work.run();
                            } catch (SQLException e) {
                                throw new CompletionException(e);
                            }
                        },
                        threads)
                .join();
    }

    private static void insertByHand(Opened pool, String owner, long id) throws SQLException {
        try (Connection connection = pool.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, owner, id);
            connection.commit();
        }
    }

    private static void insert(ConnectionManager manager, long id) {
        manager.write(connection -> insert(connection, "ucm", id))
                .toCompletableFuture()
                .join();
    }

    private static long insert(Connection connection, String owner, long id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, owner);
            insert.setLong(2, id);
            return insert.executeUpdate();
        }
    }

    private static void selectByHand(Opened pool, long id) throws SQLException {
        try (Connection connection = pool.dataSource().getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            checkRead(id, select(connection, id));
            connection.commit();
        }
    }

    private static void select(ConnectionManager manager, long id) {
        checkRead(
                id,
                manager.read(connection -> select(connection, id), ON_PRIMARY)
                        .toCompletableFuture()
                        .join());
    }

    private static long select(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, "seed");
            select.setLong(2, id % SEED);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    private static void checkRead(long id, long read) {
        if (read != id % SEED) {
            throw new IllegalStateException("read " + read + " instead of " + id % SEED);
        }
    }

    private static void prepare(Connection own) throws SQLException {
        execute(own, "DROP TABLE IF EXISTS bench_row");
        execute(own, "CREATE TABLE bench_row (owner text, id bigint, PRIMARY KEY (owner, id))");
        execute(own, "INSERT INTO bench_row SELECT 'seed', n FROM generate_series(0, " + (SEED - 1) + ") n");
    }

    private static void checkRows(String name, Connection own, String owner, long expected) throws SQLException {
        try (PreparedStatement count = own.prepareStatement("SELECT count(*) FROM bench_row WHERE owner = ?")) {
            count.setString(1, owner);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                if (row.getLong(1) != expected) {
                    throw new IllegalStateException("%s: the server has %d rows of %s instead of %d"
                            .formatted(name, row.getLong(1), owner, expected));
                }
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (java.sql.Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
