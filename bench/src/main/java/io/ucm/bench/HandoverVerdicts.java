// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.List;
import java.util.Map;

/** What UCM promises of exchanges, held against all that was measured of it. Used by one thread. */
final class HandoverVerdicts {

    private static final double LEAST_PAUSE_MS = 50;

    private long killed;
    private long failed;
    private long missing;
    private double pause;
    private double usual;

    void add(Exchange exchange, Map<Product, List<HandoverTurn>> turns) {
        turns.forEach((product, taken) -> {
            if (product.contestant().isUcm()) {
                taken.forEach(turn -> add(product, exchange, turn.seen()));
            }
        });
    }

    private void add(Product product, Exchange exchange, Tally.Outcome seen) {
        killed += seen.killed();
        failed += seen.failed();
        missing += seen.missing();
        if (exchange == Exchange.NOTHING) {
            usual = Math.max(usual, seen.transactionMillis());
        } else if (product.spare() && exchange.isOfPool()) {
            pause = Math.max(pause, seen.gapMillis());
        }
    }

    List<Target> targets() {
        return List.of(
                Target.atMost("ucm: transactions killed, all together", 0, killed),
                Target.atMost("ucm: failed borrows, all together", 0, failed),
                Target.atMost("ucm: look-ups without a service, all together", 0, missing),
                Target.atMost(
                        "ucm, another pool beside: longest gap in ms of all exchanges of the pool",
                        Math.max(LEAST_PAUSE_MS, 2 * usual),
                        pause));
    }
}
