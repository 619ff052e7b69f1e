// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A connection to a node that somebody has. */
record Lent(Holder holder, NodeAddress node) {

    private static final int NAMED = 5;

    /** Who has them, and for how long; of many, the first few. */
    static String inWords(List<Lent> lent) {
        String named = lent.stream().limit(NAMED).map(Lent::inWords).collect(Collectors.joining(", "));
        return lent.size() <= NAMED ? named : "%s and %d more".formatted(named, lent.size() - NAMED);
    }

    private String inWords() {
        return "bundle %s (%s for %d ms)"
                .formatted(
                        holder.consumer().bundle(),
                        holder.kind(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - holder.since()));
    }
}
