// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.Contestant.Opened;
import io.ucm.bench.Peers.Size;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How fast a pool grows where that helps, and whether it grows where it does not. */
final class RampSuite implements Suite {

    private static final Metric SECONDS = new Metric("all in use", "s", 3);
    private static final Metric CONNECTIONS = new Metric("connections", "", 0);

    private static final Size RAMP = new Size(5, 100);
    private static final Size SPIKE = new Size(5, 50);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String HIKARI = "io.ucm.pool";
    private static final String WITH_HIKARI = "hikaricp";
    private static final String WITH_AGROAL = "agroal";

    private static final double RAMP_BOUND = 0.5;
    private static final int SPIKE_BOUND = 8;

    private static final String HOW = """
            `ramp`: 100 threads, each of which borrows a connection, waits in the embedded PostgreSQL for 50 ms (`pg_sleep`),
            returns it, and again, come at once to a pool that has 5 connections and may have 100; the time until 100 of them have
            a connection at the same moment. `spike`: 50 threads come at once to a pool that has 5 connections and may have 50, for
            one query of 2 ms each, of a stub driver whose connects take 150 ms; the connections that are open 1 s after the last
            answer. The bare pools have 5 as their lowest (or initial) and 100 or 50 as their highest number and are otherwise as in
            `borrow`. UCM is `dataSource()` of mode ASYNC_MODERN with 5 connections and the limits 5
            and 100 (by `ucm:resize`), or 5 and 50 (by configuration), on each of its two pools. Contestants take turns, after one ramp each that does not
            count; a figure is the median.
            """;

    @Override
    public String name() {
        return "ramp";
    }

    @Override
    public String summary() {
        return "from 5 to 100 connections for 100 callers who wait, and 50 who don't; about 6 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            Embedded.await(container);
            run.say("the container runs");
            ramp(run, container, rows, targets);
            spike(run, container, rows, targets);
        }
        return new Report(name(), Machine.describe(), HOW, rows, targets);
    }

    /** One of those that take turns. */
    private interface Ramp {

        double seconds() throws Exception;
    }

    private static Contestant ucm(UcmContainer container, String pool) {
        Contestant ucm = Embedded.contestant(container);
        return new Contestant(ucm.name() + " on " + pool, ucm.version());
    }

    private static void ramp(Run run, UcmContainer container, List<Row> rows, List<Target> targets) throws Exception {
        Map<Contestant, Ramp> ramps = new LinkedHashMap<>();
        DataSource ucm = container.manager(UcmContainer.EMBEDDED).dataSource();
        for (String pool : List.of(WITH_HIKARI, WITH_AGROAL)) {
            ramps.put(ucm(container, pool), () -> ofUcm(container, pool, ucm));
        }
        Database database = Embedded.database(container, "bench");
        for (Contestant peer : Peers.contestants()) {
            ramps.put(peer, () -> {
                try (Opened opened = Peers.open(peer, database.named("bench/" + peer.name()), RAMP)) {
                    return seconds(opened.dataSource());
                }
            });
        }
        if (!run.quick()) {
            for (Ramp ramp : ramps.values()) {
                ramp.seconds();
            }
            run.say("each has had a ramp that does not count");
        }
        Map<Contestant, List<Double>> all = Rounds.run(run.choose(5, 1), List.copyOf(ramps.keySet()), contestant -> {
            double seconds = ramps.get(contestant).seconds();
            run.say("ramp, %s: %.3f s".formatted(contestant.name(), seconds));
            return seconds;
        });
        Map<String, Double> medians = new LinkedHashMap<>();
        all.forEach((contestant, seconds) -> {
            Sample sample = Sample.of(seconds, value -> value);
            rows.add(Row.of(contestant, "ramp", SECONDS, sample));
            medians.put(contestant.name(), sample.median());
        });
        double onHikari = medians.get(ucm(container, WITH_HIKARI).name());
        double onAgroal = medians.get(ucm(container, WITH_AGROAL).name());
        targets.add(Target.atMost("ramp: s of ucm on its faster pool", RAMP_BOUND, Math.min(onHikari, onAgroal)));
        targets.add(Target.atMost(
                "ramp: ucm on its other pool over that pool alone",
                1,
                onHikari > onAgroal ? onHikari / medians.get(Contestant.BARE) : onAgroal / medians.get(WITH_AGROAL)));
    }

    private static double ofUcm(UcmContainer container, String pool, DataSource ucm) throws Exception {
        container.run("ucm:resize %s %d %d".formatted(UcmContainer.MODE, RAMP.least(), RAMP.least()));
        choose(container, pool);
        Embedded.awaitAtMost(container, RAMP.least());
        container.run("ucm:resize %s %d %d".formatted(UcmContainer.MODE, RAMP.least(), RAMP.most()));
        TimeUnit.SECONDS.sleep(1);
        return seconds(ucm);
    }

    private static void choose(UcmContainer container, String pool) throws Exception {
        if (pool.equals(WITH_HIKARI)) {
            container.start(HIKARI);
        } else {
            container.stop(HIKARI);
        }
    }

    private static double seconds(DataSource pool) throws Exception {
        long from = System.nanoTime();
        try (Load load = Load.start(pool, "SELECT pg_sleep(0.05)", RAMP.most())) {
            boolean all = load.awaitInside(RAMP.most(), LIMIT);
            return all ? (System.nanoTime() - from) / 1e9 : Double.POSITIVE_INFINITY;
        }
    }

    private static void spike(Run run, UcmContainer container, List<Row> rows, List<Target> targets) throws Exception {
        int rounds = run.choose(3, 1);
        double worst = 0;
        for (String pool : List.of(WITH_HIKARI, WITH_AGROAL)) {
            choose(container, pool);
            Contestant contestant = ucm(container, pool);
            List<Double> left = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                String cluster = "spike-" + pool + "-" + round;
                StubServer server = StubServer.named(cluster);
                DataSource ucm = StubCases.openUcm(
                                container,
                                cluster,
                                Map.of(
                                        "pool.size.count", SPIKE.least(),
                                        "pool.size.min.count", SPIKE.least(),
                                        "pool.size.max.count", SPIKE.most()))
                        .dataSource();
                left.add(left(ucm, server));
            }
            Sample sample = Sample.of(left, value -> value);
            run.say("spike, %s: %.0f".formatted(contestant.name(), sample.median()));
            rows.add(Row.of(contestant, "spike", CONNECTIONS, sample));
            worst = Math.max(worst, sample.max());
        }
        for (Contestant peer : Peers.contestants()) {
            List<Double> left = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                String name = "spike-" + peer.name() + "-" + round;
                Database database =
                        new Database(StubDriver.class.getName(), StubDriver.PREFIX + name, "stub", "stub", Map.of());
                try (Opened opened = Peers.open(peer, database, SPIKE)) {
                    left.add(left(opened.dataSource(), StubServer.named(name)));
                }
            }
            rows.add(Row.of(peer, "spike", CONNECTIONS, Sample.of(left, value -> value)));
        }
        targets.add(Target.atMost("spike: connections of ucm, the most of all", SPIKE_BOUND, worst));
    }

    /** How many connections there are after the spike. */
    private static double left(DataSource pool, StubServer server) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (server.open() < SPIKE.least()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(server.open() + " connections before the spike");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        server.delay(150, 2);
        CountDownLatch start = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SPIKE.most(); i++) {
            threads.add(new Thread(() -> {
                try {
                    start.await();
                    try (Connection connection = pool.getConnection();
                            PreparedStatement query = connection.prepareStatement("SELECT ?")) {
                        query.executeQuery();
                    }
                } catch (Exception e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        threads.forEach(Thread::start);
        TimeUnit.MILLISECONDS.sleep(50);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a caller failed", failed);
        }
        TimeUnit.SECONDS.sleep(1);
        server.delay(0, 0);
        return server.open();
    }
}
