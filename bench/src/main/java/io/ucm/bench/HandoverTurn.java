// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;

/**
 * One exchange of one product under load.
 *
 * @param kept connections that are older than the exchange, and still there when it is over
 */
record HandoverTurn(Tally.Outcome seen, long kept) {

    static final int SIZE = 16;

    private static final int LARGER = 24;
    private static final int THREADS = 16;
    private static final int WARM_UP = 10;
    private static final Duration AFTER = Duration.ofSeconds(3);

    /**
     * Fails where the product does not come back with as many connections as it should have, or a commit is lost.
     *
     * @param run tells its rows from others'
     */
    static HandoverTurn take(Product product, Exchange exchange, HandoverServer server, int run) throws Exception {
        try {
            product.ready().run();
            return underLoad(product, exchange, server, Traffic.start(product.lookUp(), run, THREADS), run);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "%s, %s: %s"
                            .formatted(
                                    exchange.title(),
                                    product.contestant().name(),
                                    product.story().call()),
                    e);
        } finally {
            if (exchange == Exchange.SIZE) {
                product.resize().to(SIZE);
            }
        }
    }

    private static HandoverTurn underLoad(
            Product product, Exchange exchange, HandoverServer server, Traffic traffic, int run) throws Exception {
        HandoverTurn turn;
        try (traffic) {
            traffic.awaitCommits(WARM_UP);
            server.awaitConnections(product.application(), SIZE);
            Timestamp before = server.now();
            Tally.Outcome seen = traffic.during(() -> product.make(exchange, LARGER), AFTER);
            server.awaitConnections(product.application(), exchange == Exchange.SIZE ? LARGER : SIZE);
            turn = new HandoverTurn(seen, server.connections(product.application(), before));
        }
        checkRows(traffic, server.rows(run));
        return turn;
    }

    /** Each commit is in the table; what was killed while it was committed may be there, too. */
    private static void checkRows(Traffic traffic, long rows) throws SQLException {
        if (rows < traffic.committed() || rows > traffic.committed() + traffic.killed()) {
            throw new IllegalStateException("%d transactions were committed and %d killed, but there are %d rows"
                    .formatted(traffic.committed(), traffic.killed(), rows));
        }
    }
}
