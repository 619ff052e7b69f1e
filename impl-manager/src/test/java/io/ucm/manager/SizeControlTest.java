// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On simulated servers, whose throughput is a function of how many connections are in use. */
class SizeControlTest {

    private static final SizeLimits WIDE = new SizeLimits(5, 60);

    /** All in seconds. Its callers always want a connection, and the pool opens one at a time. */
    private static final class Simulated {

        private final IntToDoubleFunction hold;
        private final double connect;
        private final double noise;
        private final Random random = new Random(7);
        private final SizeControl control;
        private final List<SizeChange> changes = new ArrayList<>();

        private int callers;

        /** How many times as long each takes while connections are being opened. */
        private double openingCost = 1;

        /** Of what takes longer, as much as that is seen to end, and the rest is still out. */
        private double longestSeen = Double.MAX_VALUE;

        private double open;
        private double now = 1;
        private double contendedSince = 1;
        private double mark = 1;
        private double finished;
        private double held;
        private double done;

        Simulated(int start, SizeLimits limits, double connect, double noise, IntToDoubleFunction hold) {
            this.hold = hold;
            this.connect = connect;
            this.noise = noise;
            this.open = start;
            this.control = new SizeControl(start, limits, nanos(now));
        }

        int size() {
            return control.size();
        }

        /** Work done in a second. */
        double run(double seconds) {
            double before = done;
            double end = now + seconds;
            while (now < end) {
                tick(0.01);
            }
            return (done - before) / seconds;
        }

        /** What the best fixed size would do. */
        double best(SizeLimits limits) {
            return IntStream.rangeClosed(limits.min(), limits.max())
                    .mapToDouble(n -> Math.min(n, callers) / hold.applyAsDouble(Math.min(n, callers)))
                    .max()
                    .orElseThrow();
        }

        private void tick(double step) {
            now += step;
            open = Math.min(Math.max(open, 0) + step / connect, Math.max(control.size(), Math.floor(open)));
            int there = Math.min((int) open, control.size());
            int inUse = Math.min(there, callers);
            double cost = open < control.size() ? openingCost : 1;
            double each = hold.applyAsDouble(Math.max(1, inUse)) * cost * (1 + noise * random.nextGaussian());
            double ended = inUse / each * step;
            done += ended;
            if (now - mark > each) {
                finished += ended;
                held += ended * Math.min(each, longestSeen);
            }
            int waiting = callers - inUse;
            contendedSince = waiting == 0 ? now : contendedSince;
            SizeChange change = control.look(new SizeLoad(
                    nanos(now),
                    there,
                    inUse,
                    waiting,
                    nanos(contendedSince),
                    (long) finished,
                    (long) (finished < 1 ? 0 : held * 1e9 * (long) finished / finished),
                    (long) done,
                    nanos(connect)));
            if (control.takeMark()) {
                mark = now;
                finished = 0;
                held = 0;
            }
            if (change != null) {
                changes.add(change);
            }
        }

        private static long nanos(double seconds) {
            return (long) (seconds * 1e9);
        }
    }

    /** Each waits in the server, which has nothing to do. */
    private static IntToDoubleFunction waits(double seconds) {
        return n -> seconds;
    }

    /** Gunther's law: sigma is what is done by one at a time, kappa what each costs each other. */
    private static IntToDoubleFunction scales(double seconds, double sigma, double kappa) {
        return n -> seconds * (1 + sigma * (n - 1) + kappa * n * (n - 1));
    }

    @Test
    void reachesAllThatItsCallersNeedInHalfASecond() {
        Simulated server = new Simulated(5, new SizeLimits(5, 100), 0.003, 0.01, waits(0.05));
        server.callers = 100;

        server.run(0.5);

        assertThat(server.size()).as("%s", server.changes).isEqualTo(100);
        assertThat(server.open).isGreaterThanOrEqualTo(95);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.5, 3, 10})
    void aStepIsNotTakenBackBecauseOpeningItsConnectionsCostsTime(double openingCost) {
        Simulated server = new Simulated(5, new SizeLimits(5, 100), 0.015, 0.01, waits(0.05));
        server.callers = 100;
        server.openingCost = openingCost;

        server.run(4);

        assertThat(server.changes)
                .extracting(SizeChange::to)
                .as("%s", server.changes)
                .isSorted();
        assertThat(server.size()).as("%s", server.changes).isEqualTo(100);
    }

    /** Where connections come slowly, most of those who wait are waited for already. */
    @Test
    void growsToAsManyAsThereAreCallers() {
        Simulated server = new Simulated(20, new SizeLimits(5, 100), 0.150, 0.01, waits(0.02));
        server.callers = 60;

        server.run(10);

        assertThat(server.changes)
                .extracting(SizeChange::to)
                .as("%s", server.changes)
                .allMatch(to -> to <= 60);
        assertThat(server.size()).isEqualTo(60);
    }

    /** What a step up brings is told by what was done with all connections in use, not by the calm before. */
    @Test
    void whatIsDoneBeforeAnybodyWaitsIsNothingToCompareWith() {
        Simulated server = new Simulated(12, WIDE, 0.100, 0, n -> 0.001 * n);
        server.callers = 2;
        server.run(5);
        server.callers = 100;

        server.run(4.2);

        assertThat(server.changes).as("%s", server.changes).hasSizeGreaterThan(1);
        assertThat(server.changes.get(1).why()).startsWith("48 instead of 12 connections in use did 1.0");
        assertThat(server.changes.get(1).to()).isEqualTo(12);
    }

    @Test
    void opensNothingForASpikeThatIsOverBeforeAConnectionComes() {
        Simulated server = new Simulated(5, new SizeLimits(5, 100), 0.150, 0.01, waits(0.002));
        server.callers = 50;
        while (server.callers > 0) {
            server.tick(0.001);
            server.callers = Math.max(0, 50 - (int) server.done);
        }
        server.run(1);

        assertThat(server.size()).as("%s", server.changes).isEqualTo(5);
        assertThat(server.changes).singleElement().satisfies(told -> {
            assertThat(told.to()).isEqualTo(5);
            assertThat(told.why())
                    .matches("up to 4\\d waited, for \\d+ ms, and it was over: a new connection takes 150 ms");
        });
    }

    /** With the best size at 5, 8 and 30 and beyond the limit. */
    @ParameterizedTest
    @ValueSource(doubles = {0.035, 0.0145, 0.001, 0.0001})
    void findsTheBestSizeInTenSecondsAndStaysThere(double kappa) {
        for (double noise : new double[] {0, 0.03}) {
            Simulated server = new Simulated(12, WIDE, 0.004, noise, scales(0.002, 0.1, kappa));
            server.callers = 100;
            double best = server.best(WIDE);
            server.run(10);

            assertThat(server.run(10) / best).as("%s", server.changes).isGreaterThan(0.95);
            assertThat(server.run(120) / best).as("%s", server.changes).isGreaterThan(0.95);
        }
    }

    @Test
    void goesDownToTheLeastWhereAllWaitForOne() {
        Simulated server = new Simulated(12, WIDE, 0.004, 0.02, n -> 0.001 * n + 0.00005 * n * n);
        server.callers = 64;
        double best = server.best(WIDE);
        server.run(10);

        assertThat(server.run(10) / best).as("%s", server.changes).isGreaterThan(0.95);
    }

    /** As where all lock one row, and whoever has waited for long waits still. */
    @Test
    void whatHasNotEndedCountsToo() {
        Simulated server = new Simulated(12, WIDE, 0.030, 0.02, n -> 0.0003 * n + 0.00003 * n * n);
        server.callers = 50;
        server.longestSeen = 0.005;
        double best = server.best(WIDE);
        server.run(10);

        assertThat(server.run(10) / best).as("%s", server.changes).isGreaterThan(0.95);
    }

    @Test
    void staysWhereNothingChanges() {
        Simulated server = new Simulated(12, WIDE, 0.004, 0.02, scales(0.002, 0.1, 0.0145));
        server.callers = 100;
        server.run(600);
        int changes = server.changes.size();

        server.run(600);

        assertThat(server.changes.size() - changes).isLessThan(60);
    }

    @Test
    void noticesThatTheLoadIsAnotherOne() {
        double[] waits = {0};
        Simulated server =
                new Simulated(12, WIDE, 0.004, 0.02, n -> waits[0] > 0 ? waits[0] : 0.001 * n + 0.00005 * n * n);
        server.callers = 100;
        server.run(60);
        assertThat(server.size()).isLessThan(12);

        waits[0] = 0.02;
        server.run(2);

        assertThat(server.changes.stream().filter(change -> change.why() != null))
                .as("%s", server.changes)
                .last()
                .satisfies(last -> assertThat(last.to()).isEqualTo(60));
    }

    @Test
    void closesByStepsWhatNobodyUses() {
        Simulated server = new Simulated(20, new SizeLimits(2, 100), 0.004, 0, waits(0.01));
        server.callers = 3;
        server.run(16);
        assertThat(server.size()).isEqualTo(15);

        server.run(120);

        assertThat(server.size()).isEqualTo(5);
        assertThat(server.changes).allMatch(change -> change.why().equals("at most 3 were in use for 15 s"));
    }

    @Test
    void keepsBelowWhatTheServerRefused() {
        Simulated server = new Simulated(5, new SizeLimits(5, 100), 0.003, 0, waits(0.05));
        server.callers = 100;
        server.run(1);
        assertThat(server.size()).isEqualTo(100);

        SizeChange change = server.control.refused(50, nanos(server));

        assertThat(change.to()).isEqualTo(40);
        assertThat(change.why())
                .isEqualTo("the server has no more connections (53300) with 50 open here: at most 40 for 60 s");
        server.open = 40;
        server.run(50);
        assertThat(server.size()).isEqualTo(40);
        server.run(30);
        assertThat(server.size()).as("%s", server.changes).isGreaterThan(40);
        assertThat(server.control.refused(50, nanos(server)).why()).endsWith("at most 40 for 120 s");
    }

    @Test
    void asksAgainLaterWhereTheServerHasNoRoom() {
        Simulated server = new Simulated(12, WIDE, 0.004, 0, waits(0.01));
        server.callers = 100;
        while (server.changes.isEmpty()) {
            server.tick(0.01);
        }
        server.control.given(12, nanos(server));
        server.changes.clear();

        server.run(9);
        assertThat(server.size()).as("%s", server.changes).isLessThanOrEqualTo(12);
        server.run(3);
        assertThat(server.size()).as("%s", server.changes).isGreaterThan(12);
    }

    @Test
    void followsItsLimits() {
        Simulated server = new Simulated(12, WIDE, 0.004, 0, waits(0.01));

        assertThat(server.control.limit(WIDE, nanos(server))).isNull();
        SizeChange change = server.control.limit(new SizeLimits(20, 30), nanos(server));

        assertThat(change).isEqualTo(new SizeChange(12, 20, "the limits are 20 to 30 now"));
        assertThat(server.size()).isEqualTo(20);
    }

    private static long nanos(Simulated server) {
        return Duration.ofNanos((long) (server.now * 1e9)).toNanos();
    }
}
