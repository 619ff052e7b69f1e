// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Contestants in turn, round by round, so that the machine's mood meets all of them. */
final class Rounds {

    /** What one contestant does in one round. */
    interface Turn<C, R> {

        R take(C contestant) throws Exception;
    }

    private Rounds() {}

    /**
     * Each round begins with another contestant.
     *
     * @return for each contestant, what its turns gave, in the rounds' order
     */
    static <C, R> Map<C, List<R>> run(int rounds, List<C> contestants, Turn<C, R> turn) throws Exception {
        Map<C, List<R>> results = new LinkedHashMap<>();
        contestants.forEach(contestant -> results.put(contestant, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contestants.size(); i++) {
                C contestant = contestants.get((round + i) % contestants.size());
                results.get(contestant).add(turn.take(contestant));
            }
        }
        return results;
    }
}
