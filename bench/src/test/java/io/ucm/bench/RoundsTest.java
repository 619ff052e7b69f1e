// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

    @Test
    void contestantsTakeTurnsAndEachIsOnceTheFirst() throws Exception {
        List<String> turns = new ArrayList<>();

        Map<String, List<Integer>> results = Rounds.run(3, List.of("a", "b", "c"), contestant -> {
            turns.add(contestant);
            return turns.size();
        });

        assertThat(turns).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
        assertThat(results).containsEntry("a", List.of(1, 6, 8)).containsEntry("c", List.of(3, 5, 7));
    }
}
