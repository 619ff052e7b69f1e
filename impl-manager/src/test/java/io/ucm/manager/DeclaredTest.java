// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.manager.Declared.Problem;
import io.ucm.settings.Origin;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclaredTest {

    private static final Origin A = new Origin("io.ucm.mode~a", "/conf/io.ucm.mode~a.cfg.json");
    private static final Origin B = new Origin("io.ucm.mode~b", null);

    private final Declared<String, Integer> declared = new Declared<>("the cluster '%s'");

    @Test
    void theFirstForAKeyIsInForceAndTheSecondSaysWhichThatIs() {
        declared.put("a", A, "main", 1);
        declared.put("b", B, "main", 2);

        assertThat(declared.inForce()).isEqualTo(Map.of("main", 1));
        assertThat(declared.problem("a")).isNull();
        assertThat(declared.problems())
                .containsExactly(new Problem(
                        B,
                        "the cluster 'main' is configured twice: io.ucm.mode~a (/conf/io.ucm.mode~a.cfg.json) came first"
                                + " and stays in force, this one waits until that is gone"));
    }

    @Test
    void theSecondTakesOverWhenTheFirstIsGone() {
        declared.put("a", A, "main", 1);
        declared.put("b", B, "main", 2);

        declared.remove("a");

        assertThat(declared.inForce()).isEqualTo(Map.of("main", 2));
        assertThat(declared.problems()).isEmpty();
    }

    @Test
    void theFirstStaysTheFirstWhenItChanges() {
        declared.put("a", A, "main", 1);
        declared.put("b", B, "main", 2);

        declared.put("a", A, "main", 3);

        assertThat(declared.inForce()).isEqualTo(Map.of("main", 3));
    }

    @Test
    void whoTakesAnotherKeyLeavesTheOldOneToOthers() {
        declared.put("a", A, "main", 1);
        declared.put("b", B, "main", 2);

        declared.put("a", A, "other", 1);

        assertThat(declared.inForce()).isEqualTo(Map.of("main", 2, "other", 1));
    }

    @Test
    void aRefusedChangeLeavesInForceWhatItSaidBefore() {
        declared.put("a", A, "main", 1);

        declared.refuse("a", A, "mode: 'FAST' is none of [ADMIN]");

        assertThat(declared.inForce()).isEqualTo(Map.of("main", 1));
        assertThat(declared.problems())
                .extracting(Problem::toString)
                .containsExactly("io.ucm.mode~a (/conf/io.ucm.mode~a.cfg.json): mode: 'FAST' is none of [ADMIN];"
                        + " what it said before stays in force");
    }

    @Test
    void aRefusedConfigurationIsForgottenWithItsOwner() {
        declared.refuse("a", A, "no good");
        assertThat(declared.inForce()).isEmpty();

        declared.remove("a");

        assertThat(declared.problems()).isEmpty();
    }
}
