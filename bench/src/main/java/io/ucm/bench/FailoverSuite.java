// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.FailoverFault.Kind;
import io.ucm.container.UcmContainer;
import io.ucm.spi.FailoverPolicy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How soon clients write again when the primary is lost, and what becomes of their writes. */
final class FailoverSuite implements Suite {

    /** So long after its start the container has loaded what it may need. */
    private static final Duration STARTED = Duration.ofSeconds(8);

    private static final Map<Metric, ToDoubleFunction<FailoverTurn>> FOLLOWING = following();
    private static final Map<Metric, ToDoubleFunction<FailoverTurn>> PROMOTING = promoting();

    private static final String HOW = """
            64 clients write one row after the other to the embedded PostgreSQL, a primary with two replicas of which one must
            confirm each commit; each transaction is one INSERT. After a second the primary is lost: all its processes get SIGKILL
            or SIGSTOP. The time later that the case says, a replica is promoted by hand, as an operator would: it is given
            what the other one received, `pg_promote`, and the other one is let follow it. A plain client on a connection of its own
            tries to write to that replica every 5 ms; its first acknowledged write, or a client's where that was earlier, is the
            moment from which on a write was possible, and what the figures count from: `outage` is the time from the loss to it, `first`, `half` and `last` are the
            times from it to the first write that another node acknowledged to one, to 32 and to all 64 of the clients. Who did not
            write again within 15 s is `away`, and counts with that time. Another second later the load ends, and the lost node is
            copied anew from the primary: each fault meets three nodes that are well, and the roles go round.

            `errors` are writes that failed in the eyes of their client. It then waits for 1 ms and tries the same row again, until it
            is acknowledged. After `unknown` ones the row may be there or not: what the client could not know when it tried again.
            At the end the rows are counted: `lost` were acknowledged and are not there, `duplicated` are there more than once.

            `ucm` is the container as it is assembled, 8 s after its start: its clients call `write` of mode ASYNC_MODERN with a deadline of 30 s, and it
            is told by nobody who the primary is. The peers are pools on pgjdbc, which is told all three hosts; their clients use
            JDBC by hand. Settings are said at `Entrants`; all have 16 connections. Contestants take turns.

            **UCM promotes**: the same for UCM alone, with failover.policy=PROMOTE, in which nobody else does anything; the times count
            from the moment at which a connection to the killed server breaks, or from just before the first process is stopped.
            **write**: what the way back costs while nothing is lost: 32 clients on 16 connections, in two modes that differ in
            `commit.outcome` alone, side by side. RESOLVED leaves a row with a token in each transaction,
            by which the outcome of a lost COMMIT is found out; REPORTED does not. What a borrowed connection costs is
            measured by suite `borrow`.
            """;

    private static Map<Metric, ToDoubleFunction<FailoverTurn>> following() {
        Map<Metric, ToDoubleFunction<FailoverTurn>> figures = new LinkedHashMap<>();
        figures.put(new Metric("outage", "ms", 0), FailoverTurn::outage);
        figures.put(new Metric("first", "ms", 0), FailoverTurn::first);
        figures.put(new Metric("half", "ms", 0), FailoverTurn::half);
        figures.put(new Metric("last", "ms", 0), FailoverTurn::last);
        counts(figures);
        return figures;
    }

    private static Map<Metric, ToDoubleFunction<FailoverTurn>> promoting() {
        Map<Metric, ToDoubleFunction<FailoverTurn>> figures = new LinkedHashMap<>();
        figures.put(new Metric("first after the loss", "ms", 0), FailoverTurn::first);
        figures.put(new Metric("half after it", "ms", 0), FailoverTurn::half);
        figures.put(new Metric("last after it", "ms", 0), FailoverTurn::last);
        counts(figures);
        return figures;
    }

    private static void counts(Map<Metric, ToDoubleFunction<FailoverTurn>> figures) {
        figures.put(new Metric("away", "", 0), FailoverTurn::away);
        figures.put(new Metric("errors", "", 0), FailoverTurn::failed);
        figures.put(new Metric("unknown", "", 0), FailoverTurn::unknown);
        figures.put(new Metric("lost", "", 0), turn -> turn.rows().lost());
        figures.put(new Metric("duplicated", "", 0), turn -> turn.rows().duplicated());
    }

    @Override
    public String name() {
        return "failover";
    }

    @Override
    public String summary() {
        return "a primary killed and frozen under load, beside pools on several hosts; about 17 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            Embedded.await(container);
            Database database = Embedded.database(container, "bench");
            Nodes nodes = new Nodes(container, database);
            nodes.followOthers();
            String primary = nodes.awaitComplete().primary();
            try (Connection connection = nodes.watched(database, primary).connect()) {
                FailoverRows.create(connection);
            }
            run.say("the container runs");
            TimeUnit.NANOSECONDS.sleep(STARTED.toNanos());
            Duration limit = Duration.ofSeconds(run.choose(15, 5));
            Turns turns = new Turns(run, new FailoverTurn.Place(nodes, database, limit), rows);
            List<Entrant> entrants = usable(Entrants.of(container, nodes, database, run.quick()), nodes, leftOut);
            leftOut.forEach(run::say);
            turns.follow(entrants);
            String unarmed = turns.promote(entrants.get(0));
            if (unarmed != null) {
                leftOut.add("That UCM promotes was not measured, because it would not have: " + unarmed + ".");
                run.say(leftOut.get(leftOut.size() - 1));
            }
            targets.addAll(turns.verdicts().targets());
            TokenCost.measure(run, container, nodes, database, rows, targets);
        }
        String how = leftOut.isEmpty() ? HOW : HOW + "\n" + String.join("\n", leftOut) + "\n";
        return new Report(name(), Machine.describe(), how, rows, targets);
    }

    /** Those that can write while nothing is lost. */
    private static List<Entrant> usable(List<Entrant> entrants, Nodes nodes, List<String> leftOut) throws Exception {
        List<Entrant> usable = new ArrayList<>();
        for (Entrant entrant : entrants) {
            try (Entrant.Ready ready = entrant.opener().open(nodes.awaitComplete(), 0)) {
                ready.writer().write(0, 0);
                usable.add(entrant);
            } catch (Exception e) {
                if (entrant.contestant().isUcm()) {
                    throw e;
                }
                leftOut.add("`%s` is left out: it could not write while all was well (%s)."
                        .formatted(entrant.contestant().name(), e));
            }
        }
        return usable;
    }

    /** Numbers them, and tells of each. */
    private static final class Turns {

        private static final int ROUNDS = 3;
        private static final int PROMOTIONS = 5;

        private final Run run;
        private final FailoverTurn.Place place;
        private final List<Row> rows;
        private final FailoverVerdicts verdicts = new FailoverVerdicts();
        private int number;

        Turns(Run run, FailoverTurn.Place place, List<Row> rows) {
            this.run = run;
            this.place = place;
            this.rows = rows;
        }

        FailoverVerdicts verdicts() {
            return verdicts;
        }

        void follow(List<Entrant> entrants) throws Exception {
            for (int seconds : run.quick() ? new int[] {1} : new int[] {0, 1, 12}) {
                take(entrants, new FailoverFault(Kind.KILL, Duration.ofSeconds(seconds)), ROUNDS, FOLLOWING);
            }
            take(entrants, new FailoverFault(Kind.FREEZE, Duration.ofSeconds(1)), ROUNDS, FOLLOWING);
        }

        /** Why not; null where it was done. */
        @Nullable
        String promote(Entrant ucm) throws Exception {
            place.nodes().policy(FailoverPolicy.PROMOTE);
            try {
                for (Kind kind : Kind.values()) {
                    String unarmed = place.nodes().unarmed();
                    if (unarmed != null) {
                        return unarmed;
                    }
                    take(List.of(ucm), new FailoverFault(kind, null), PROMOTIONS, PROMOTING);
                }
                return null;
            } finally {
                place.nodes().followOthers();
            }
        }

        private void take(
                List<Entrant> entrants,
                FailoverFault fault,
                int rounds,
                Map<Metric, ToDoubleFunction<FailoverTurn>> figures)
                throws Exception {
            Map<Entrant, List<FailoverTurn>> turns =
                    Rounds.run(run.choose(rounds, 1), entrants, entrant -> take(entrant, fault));
            turns.forEach((entrant, taken) -> figures.forEach((metric, figure) ->
                    rows.add(Row.of(entrant.contestant(), fault.title(), metric, Sample.of(taken, figure)))));
        }

        private FailoverTurn take(Entrant entrant, FailoverFault fault) throws Exception {
            FailoverTurn turn = FailoverTurn.take(entrant, fault, place, ++number);
            if (entrant.contestant().isUcm()) {
                verdicts.add(fault, turn);
            }
            run.say("%s, %s: %s".formatted(fault.title(), entrant.contestant().name(), turn.summary()));
            turn.errors().forEach((error, times) -> run.say("  " + times + " x " + error));
            return turn;
        }
    }
}
