// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;

/** @param twins whether there is no primary because there are several */
record Judgement(Standing standing, Topology topology, boolean twins) {

    /** The same, with whether anybody is promoted; where there is no primary, why nobody is belongs to why there is none. */
    Judgement promoting(Promotion promotion) {
        String why = topology.why() == null || promotion.why() == null
                ? topology.why()
                : topology.why() + "; nobody is promoted: " + promotion.why();
        return new Judgement(
                standing,
                new Topology(
                        topology.cluster(),
                        topology.at(),
                        topology.nodes(),
                        topology.epoch(),
                        topology.primary(),
                        promotion,
                        why),
                twins);
    }
}
