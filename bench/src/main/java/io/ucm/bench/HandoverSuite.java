// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.container.UcmContainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What users notice while a part of what brings them their connections is exchanged. */
final class HandoverSuite implements Suite {

    private static final Map<Metric, ToDoubleFunction<HandoverTurn>> FIGURES = figures();
    private static final int ROUNDS = 3;

    private static final String HOW = """
            16 threads of a consumer's bundle. For each transaction a thread looks its `DataSource` up in the service registry, takes
            a connection, inserts a row, waits in the server for 40 ms (`pg_sleep`), commits, and returns the connection. Meanwhile a
            part is exchanged as an operator would; it is watched from the beginning of that until 3 s after its end, and on until
            each thread has committed once more. `killed` are transactions that had a connection and did not commit; `failed borrows`
            are calls of `getConnection()` that threw, and `no service` look-ups that found none: after either, the thread waits for
            1 ms and tries again. `longest gap` is the longest time in which none of the 16 committed; `longest wait` the longest from
            a thread's first look-up until it had a connection; `kept` are the connections that are older than the exchange and still
            there when it is over. Commits are counted against the rows in the table, and the server must see 16 connections before
            and after (24 when the size was changed), or the run fails.

            `ucm` is the container as it is assembled, its consumers on the `DataSource` service of mode ASYNC_MODERN; its pool is on
            HikariCP, and Agroal is installed beside it or stopped. `pax-jdbc` is Pax JDBC with its pool on HikariCP, in the versions
            of its own features; `sling-datasource` has Tomcat's pool inside. Each is in a framework of its own of the same version,
            with the same driver, on the embedded PostgreSQL's primary with its synchronous replicas, with 16 connections; other
            settings are said at `Products`. Sizes are changed by Configuration Admin, from 16 to 24. An update installs the same
            file once more in place. The pool's library is inside the bundle of the pool (UCM, Sling), or a bundle of its own.
            Contestants take turns, after one turn of each kind that does not count.
            """;

    private static Map<Metric, ToDoubleFunction<HandoverTurn>> figures() {
        Map<Metric, ToDoubleFunction<HandoverTurn>> figures = new LinkedHashMap<>();
        figures.put(new Metric("killed", "", 0), turn -> turn.seen().killed());
        figures.put(new Metric("failed borrows", "", 0), turn -> turn.seen().failed());
        figures.put(new Metric("no service", "", 0), turn -> turn.seen().missing());
        figures.put(new Metric("longest gap", "ms", 0), turn -> turn.seen().gapMillis());
        figures.put(new Metric("longest wait", "ms", 0), turn -> turn.seen().waitMillis());
        figures.put(new Metric("kept", "", 0), HandoverTurn::kept);
        return figures;
    }

    @Override
    public String name() {
        return "handover";
    }

    @Override
    public String summary() {
        return "pools and drivers exchanged under load, beside Pax JDBC and Sling DataSource; about 9 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        HandoverVerdicts verdicts = new HandoverVerdicts();
        List<PeerContainer> peers = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            try {
                Embedded.await(container);
                Database database = Embedded.database(container, "bench");
                List<Product> products = new ArrayList<>(Products.ucm(container, HandoverTurn.SIZE));
                products.addAll(Products.peers(run.peers(), run.assembly(), database, HandoverTurn.SIZE, peers));
                run.say("the containers run");
                try (HandoverServer server = new HandoverServer(database)) {
                    server.createTable();
                    new Turns(run, server).measure(products, rows, verdicts);
                    run.say("what UCM tells of its exchanges:\n"
                            + products.get(0).story().call());
                }
            } finally {
                for (PeerContainer peer : peers) {
                    peer.close();
                }
            }
        }
        return new Report(name(), Machine.describe(), HOW, rows, verdicts.targets());
    }

    /** Numbers them, and tells of each. */
    private static final class Turns {

        private final Run run;
        private final HandoverServer server;
        private int number;

        Turns(Run run, HandoverServer server) {
            this.run = run;
            this.server = server;
        }

        void measure(List<Product> products, List<Row> rows, HandoverVerdicts verdicts) throws Exception {
            if (!run.quick()) {
                for (Exchange exchange : Exchange.values()) {
                    Rounds.run(1, products, product -> take(product, exchange));
                }
                run.say("each has had a turn of each kind that does not count");
            }
            for (Exchange exchange : Exchange.values()) {
                Map<Product, List<HandoverTurn>> turns =
                        Rounds.run(run.choose(ROUNDS, 1), products, product -> take(product, exchange));
                turns.forEach((product, taken) -> FIGURES.forEach((metric, figure) ->
                        rows.add(Row.of(product.contestant(), exchange.title(), metric, Sample.of(taken, figure)))));
                verdicts.add(exchange, turns);
            }
        }

        private HandoverTurn take(Product product, Exchange exchange) throws Exception {
            HandoverTurn turn = HandoverTurn.take(product, exchange, server, ++number);
            Tally.Outcome seen = turn.seen();
            run.say("%s, %s: %d killed, %d failed borrows, %d without a service, gap %.0f ms, wait %.0f ms, %d kept"
                    .formatted(
                            exchange.title(),
                            product.contestant().name(),
                            seen.killed(),
                            seen.failed(),
                            seen.missing(),
                            seen.gapMillis(),
                            seen.waitMillis(),
                            turn.kept()));
            seen.causes().forEach((cause, times) -> run.say("  " + times + " x " + cause));
            return turn;
        }
    }
}
