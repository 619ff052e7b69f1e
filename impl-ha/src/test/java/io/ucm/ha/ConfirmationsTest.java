// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From when on commits wait, and what ends it. */
class ConfirmationsTest {

    private final Confirmations confirmations = new Confirmations();

    @Test
    void whatWasWrittenIsAwaitedFromTheFirstAnswerThatTellsOfIt() {
        assertThat(after("0/100", 10, "0/100")).isZero();
        assertThat(after("0/200", 20, "0/100")).isZero();
        assertThat(after("0/300", 30, "0/100")).isEqualTo(Duration.ofNanos(10));
        assertThat(after("0/300", 50, "0/180")).isEqualTo(Duration.ofNanos(30));
    }

    /** A standby under load is always a little behind. */
    @Test
    void whoConfirmsWhatWasAwaitedIsWaitedForAnew() {
        after("0/200", 20, "0/100");
        assertThat(after("0/300", 30, "0/200")).isZero();
        assertThat(after("0/400", 40, "0/300")).isZero();
        assertThat(after("0/500", 50, "0/310")).isEqualTo(Duration.ofNanos(10));
        assertThat(after("0/500", 60, "0/500")).isZero();
        assertThat(after("0/600", 70, "0/500")).isZero();
    }

    @Test
    void asManyAsAreRequiredConfirm() {
        after("0/200", 20, "0/100", "0/200");
        assertThat(after("0/200", 30, "0/100", "0/200")).isZero();
        confirmations.seen("ANY 2 (n1,n2,n3)", lsns("0/100", "0/200"), Lsn.parse("0/200"), 40);

        assertThat(confirmations
                        .seen("ANY 2 (n1,n2,n3)", lsns("0/100", "0/200"), Lsn.parse("0/200"), 45)
                        .unconfirmed())
                .isEqualTo(Duration.ofNanos(5));
    }

    @Test
    void nobodyIsWaitedForWhereNobodyIsRequiredOrNotEnoughStream() {
        for (int asked : new int[] {10, 20}) {
            assertThat(confirmations.seen("", lsns("0/100"), Lsn.parse("0/200"), asked))
                    .isEqualTo(new Quorum(0, 1));
            assertThat(confirmations.seen("ANY 1 (n1,n2)", List.of(), Lsn.parse("0/200"), asked))
                    .isEqualTo(new Quorum(1, 0));
        }
    }

    /** One that streams anew begins behind. */
    @Test
    void whoIsGoneMeanwhileIsWaitedForAnew() {
        after("0/200", 20, "0/100");
        after("0/200", 30);
        assertThat(after("0/200", 40, "0/100")).isZero();
    }

    private Duration after(String written, long asked, String... confirmed) {
        return confirmations
                .seen("ANY 1 (n1,n2,n3)", lsns(confirmed), Lsn.parse(written), asked)
                .unconfirmed();
    }

    private static List<Lsn> lsns(String... confirmed) {
        return Stream.of(confirmed).map(Lsn::parse).toList();
    }
}
