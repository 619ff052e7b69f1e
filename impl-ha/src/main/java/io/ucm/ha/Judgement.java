// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import org.jspecify.annotations.Nullable;

/** @param twins whether there is no primary because there are several */
record Judgement(Standing standing, Topology topology, boolean twins) {

    /** The same, with whether anybody is promoted. */
    Judgement promoting(Promotion promotion) {
        return promoting(promotion, topology.why());
    }

    /** The same, where there is no primary, and why nobody is promoted belongs to that. */
    Judgement promotingNobody(Promotion promotion) {
        return promoting(promotion, topology.why() + "; nobody is promoted: " + promotion.why());
    }

    /** The same, where there is no primary because a switchover left it read-only, with why it is so still. */
    Judgement notTakingBack(String why) {
        return promoting(topology.promotion(), topology.why() + "; not taken back: " + why);
    }

    private Judgement promoting(Promotion promotion, @Nullable String why) {
        return new Judgement(
                standing,
                new Topology(
                        topology.cluster(),
                        topology.at(),
                        topology.nodes(),
                        topology.epoch(),
                        topology.primary(),
                        topology.lossy(),
                        promotion,
                        why),
                twins);
    }
}
