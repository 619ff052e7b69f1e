// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private final Judge judge = new Judge();

    @Test
    void anOlderVersionIsStaleOnceAChangeIsComplete() {
        judge.changed(product("north", 7, 5));

        judge.seen("north", 7, judge.leastVersion("north", 7), product("north", 7, 4));

        assertThat(judge.stale()).isOne();
    }

    @Test
    void aReaderThatBeganBeforeTheChangeMaySeeEither() {
        long before = judge.leastVersion("north", 7);
        judge.changed(product("north", 7, 5));

        judge.seen("north", 7, before, product("north", 7, 4));
        judge.seen("north", 7, before, product("north", 7, 5));

        assertThat(judge.stale()).isZero();
    }

    @Test
    void ofConcurrentChangesTheHighestVersionCounts() {
        judge.changed(product("north", 7, 6));
        judge.changed(product("north", 7, 5));

        assertThat(judge.leastVersion("north", 7)).isEqualTo(6);
        assertThat(judge.changes()).isEqualTo(2);
    }

    @Test
    void aNewerVersionThanTheJudgeKnowsIsRight() {
        judge.changed(product("north", 7, 5));

        judge.seen("north", 7, 5, product("north", 7, 6));

        assertThat(judge.stale() + judge.wrong()).isZero();
    }

    @Test
    void aChangeInOneShopSaysNothingOfAnother() {
        judge.changed(product("north", 7, 5));

        assertThat(judge.leastVersion("south", 7)).isZero();
        assertThat(judge.leastVersion("north", 8)).isZero();
    }

    @Test
    void anotherShopsOrAnotherProductOrNoneIsWrong() {
        judge.seen("north", 7, 0, product("south", 7, 0));
        judge.seen("north", 7, 0, product("north", 8, 0));
        judge.seen("north", 7, 0, null);

        assertThat(judge.wrong()).isEqualTo(3);
        assertThat(judge.stale()).isZero();
    }

    private static Product product(String shop, int id, long version) {
        return new Product(shop, id, "Tea", BigDecimal.ONE, version);
    }
}
