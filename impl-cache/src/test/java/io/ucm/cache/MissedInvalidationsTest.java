// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.CacheLevels.Invalidated;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissedInvalidationsTest {

    private final MissedInvalidations missed = new MissedInvalidations(2);

    @Test
    void keepsEachKeyOnceUntilItIsTaken() {
        missed.add(List.of(Container.key("a"), Container.key("b")));
        missed.add(List.of(Container.key("b")));

        assertThat(missed.size()).isEqualTo(2);
        Invalidated taken = missed.take();
        assertThat(taken.all()).isFalse();
        assertThat(taken.keys()).containsExactlyInAnyOrder(Container.key("a"), Container.key("b"));
        assertThat(missed.isEmpty()).isTrue();
    }

    @Test
    void tooManyAreAll() {
        missed.add(List.of(Container.key("a"), Container.key("b"), Container.key("c")));
        missed.add(List.of(Container.key("d")));

        Invalidated taken = missed.take();
        assertThat(taken.all()).isTrue();
        assertThat(taken.keys()).isEmpty();
        assertThat(missed.isEmpty()).isTrue();
    }

    @Test
    void whatWasTakenIsUntoldUntilRedisHasHeardOfIt() {
        missed.add(List.of(Container.key("a")));
        missed.take();
        missed.add(List.of(Container.key("b")));

        assertThat(missed.untold().keys()).containsExactlyInAnyOrder(Container.key("a"), Container.key("b"));
        missed.take();
        assertThat(missed.take().keys()).containsExactlyInAnyOrder(Container.key("a"), Container.key("b"));
        missed.told();
        assertThat(missed.untold().isEmpty()).isTrue();
    }
}
