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
    void whatIsWrittenWaitsFromTheFirstAnswerThatTellsOfIt() {
        assertThat(after("0/100", 10, "0/100")).isZero();
        assertThat(after("0/200", 20, "0/100")).isZero();
        assertThat(after("0/300", 30, "0/100")).isEqualTo(Duration.ofNanos(9));
        assertThat(after("0/300", 50, "0/100")).isEqualTo(Duration.ofNanos(29));
        assertThat(after("0/300", 60, "0/300")).isZero();
        assertThat(after("0/400", 70, "0/300")).isZero();
    }

    /** One under load is always a little behind, and a slow one may be for long. */
    @Test
    void whoGetsOnIsWaitedForAnew() {
        after("0/200", 20, "0/100");
        assertThat(after("0/300", 30, "0/110")).isZero();
        assertThat(after("0/400", 40, "0/120")).isZero();
        assertThat(after("0/500", 50, "0/120")).isEqualTo(Duration.ofNanos(9));
    }

    @Test
    void asManyAsAreRequiredConfirm() {
        after("0/200", 20, "0/100", "0/200");
        assertThat(after("0/200", 30, "0/100", "0/200")).isZero();
        confirmations.seen("ANY 2 (n1,n2,n3)", lsns("0/100", "0/200"), Lsn.parse("0/200"), 40, 41);

        assertThat(confirmations
                        .seen("ANY 2 (n1,n2,n3)", lsns("0/100", "0/200"), Lsn.parse("0/200"), 45, 46)
                        .unconfirmed())
                .isEqualTo(Duration.ofNanos(4));
    }

    @Test
    void nobodyIsWaitedForWhereNobodyIsRequiredOrNotEnoughStream() {
        for (int asked : new int[] {10, 20}) {
            assertThat(confirmations.seen("", lsns("0/100"), Lsn.parse("0/200"), asked, asked))
                    .isEqualTo(new Quorum(0, 1));
            assertThat(confirmations.seen("ANY 1 (n1,n2)", List.of(), Lsn.parse("0/200"), asked, asked))
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

    /** An answer takes 1 ns. */
    private Duration after(String written, long asked, String... confirmed) {
        return confirmations
                .seen("ANY 1 (n1,n2,n3)", lsns(confirmed), Lsn.parse(written), asked, asked + 1)
                .unconfirmed();
    }

    private static List<Lsn> lsns(String... confirmed) {
        return Stream.of(confirmed).map(Lsn::parse).toList();
    }
}
