// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.Contestant.Opened;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Who gets a turn when many want one. */
final class FairnessSuite implements Suite {

    private static final Metric JAIN = new Metric("jain", "", 3);
    private static final Metric TIMEOUTS = new Metric("timeouts", "", 0);
    private static final Metric THROUGHPUT = new Metric("throughput", "1/s", 0);

    private static final int SIZE = 10;
    private static final int[] CROWDS = {1, 10, 100, 1000};

    /** Who queues can't wait longer than the acquire timeout only where more want a connection than there are. */
    private static final Duration CALM = Duration.ofMillis(1_500);

    private static final Duration CROWDED = Duration.ofMillis(5_000);
    private static final Duration WARM_UP = Duration.ofMillis(500);

    /** UCM's pool follows its configuration within moments. */
    private static final Duration SIZE_LIMIT = Duration.ofSeconds(10);

    private static final double JAIN_BOUND = 0.95;
    private static final double PEAK_BOUND = 0.9;

    private static final String HOW = """
            1, 10, 100 and 1000 threads, virtual and platform, on a pool of 10 connections to the embedded PostgreSQL, without think
            time: borrow, `SELECT ?::bigint` in autocommit, return, and again. Who gets no connection within 5 s, the default of
            mode ASYNC_MODERN and so everybody's acquire timeout, counts a timeout and tries again. `jain` is Jain's index of the
            operations that each thread did in the window: 1 is even, 1/n is one thread for all. `throughput` is the sum of them.
            Timeouts are counted from the start of the threads, half a second ahead of the window, which takes 5 s (1.5 s with 1
            and 10 threads, where nobody has to wait so long). Each thread gets back the numbers that it asked for, or the run
            fails; the server must see 10 connections of each pool before and after. UCM is `dataSource()` of the embedded cluster's
            manager with `pool.size.count` 10; `+ fair semaphore` is the bare pool behind a `Semaphore` that serves first come
            first. Contestants take turns, in two rounds (four with 1 and 10 threads); a figure is the median.
            """;

    private record Cell(int threads, boolean virtual) {

        String name() {
            return threads + (virtual ? " virtual" : " platform");
        }
    }

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public String summary() {
        return "who gets a turn when up to 1000 threads want 10 connections; about 8 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        List<Opened> pools = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            try {
                Embedded.await(container);
                run.say("the container runs");
                container.change(Embedded.MODE_PID, "pool.size.count", SIZE);
                pools.add(new Opened(
                        Embedded.contestant(container),
                        container.manager(UcmContainer.EMBEDDED).dataSource(),
                        () -> {}));
                Database database = Embedded.database(container, "bench");
                Peers.open(contestant -> database.named(application(contestant)), SIZE, pools);
                pools.add(behindSemaphore(database));
                try (Connection own = database.connect()) {
                    awaitSizes(own, pools);
                    measure(run, pools, rows, targets);
                    awaitSizes(own, pools);
                }
            } finally {
                for (Opened pool : pools) {
                    pool.close();
                }
            }
        }
        return new Report(name(), Machine.describe(), HOW, rows, targets);
    }

    private static Opened behindSemaphore(Database database) throws Exception {
        Contestant bare = Peers.bare();
        Contestant fair = new Contestant(bare.name() + " + fair semaphore", bare.version());
        Opened pool = Peers.openBare(database.named(application(fair)), SIZE);
        return new Opened(fair, new FairDataSource(pool.dataSource(), SIZE), pool::close);
    }

    /** Fails unless the server soon sees that each pool has its connections, no more and no fewer. */
    private static void awaitSizes(Connection own, List<Opened> pools) throws Exception {
        for (Opened pool : pools) {
            String application = application(pool.contestant());
            long deadline = System.nanoTime() + SIZE_LIMIT.toNanos();
            int size = size(own, application);
            while (size != SIZE) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the server sees %d connections of %s instead of %d"
                            .formatted(size, pool.contestant().name(), SIZE));
                }
                TimeUnit.MILLISECONDS.sleep(50);
                size = size(own, application);
            }
        }
    }

    private static int size(Connection own, String application) throws SQLException {
        try (PreparedStatement count =
                own.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE application_name = ?")) {
            count.setString(1, application);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** How the server knows a pool's connections. */
    private static String application(Contestant contestant) {
        return contestant.isUcm()
                ? "ucm/" + UcmContainer.EMBEDDED + "/" + UcmContainer.MODE
                : "bench/" + contestant.name();
    }

    private static void measure(Run run, List<Opened> pools, List<Row> rows, List<Target> targets) throws Exception {
        run.say("warm-up");
        for (boolean virtual : kinds(run)) {
            Rounds.run(1, pools, pool -> crowd(pool, new Cell(SIZE, virtual), CALM));
        }
        double fairest = 1;
        double timeouts = 0;
        double worstOfPeak = Double.MAX_VALUE;
        for (boolean virtual : kinds(run)) {
            double peak = 0;
            double last = 0;
            for (int threads : CROWDS) {
                Cell cell = new Cell(threads, virtual);
                run.say(cell.name());
                Map<Opened, List<Crowd.Outcome>> outcomes =
                        Rounds.run(rounds(run, cell), pools, pool -> crowd(pool, cell, window(run, cell)));
                for (Opened pool : pools) {
                    Sample jain = Sample.of(outcomes.get(pool), Crowd.Outcome::jain);
                    Sample late = Sample.of(outcomes.get(pool), Crowd.Outcome::timeouts);
                    Sample throughput = Sample.of(outcomes.get(pool), Crowd.Outcome::perSecond);
                    rows.add(Row.of(pool.contestant(), cell.name(), JAIN, jain));
                    rows.add(Row.of(pool.contestant(), cell.name(), TIMEOUTS, late));
                    rows.add(Row.of(pool.contestant(), cell.name(), THROUGHPUT, throughput));
                    if (pool.contestant().isUcm()) {
                        fairest = Math.min(fairest, jain.min());
                        timeouts += late.median();
                        peak = Math.max(peak, throughput.median());
                        last = throughput.median();
                    }
                }
            }
            worstOfPeak = Math.min(worstOfPeak, last / peak);
        }
        targets.add(Target.atLeast("ucm: jain, the worst of all", JAIN_BOUND, fairest));
        targets.add(Target.atMost("ucm: timeouts, all together", 0, timeouts));
        targets.add(Target.atLeast(
                "ucm: throughput of 1000 threads as a share of the best, the worse kind", PEAK_BOUND, worstOfPeak));
    }

    private static boolean[] kinds(Run run) {
        if (Crowd.virtualThreads().isEmpty()) {
            run.say("this JVM has no virtual threads: platform threads only");
            return new boolean[] {false};
        }
        return new boolean[] {true, false};
    }

    private static int rounds(Run run, Cell cell) {
        return run.quick() ? 1 : cell.threads() > SIZE ? 2 : 4;
    }

    private static Duration window(Run run, Cell cell) {
        return run.quick() ? WARM_UP : cell.threads() > SIZE ? CROWDED : CALM;
    }

    private static Crowd.Outcome crowd(Opened pool, Cell cell, Duration window) throws Exception {
        try {
            return new Crowd(pool.dataSource(), cell.threads()).run(cell.virtual(), WARM_UP, window);
        } catch (Exception e) {
            throw new IllegalStateException(pool.contestant().name() + ", " + cell.name(), e);
        }
    }
}
