// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptTest {

    private static final List<String> NODES = List.of("n1", "n2", "N3");
    private static final String NAMES = "ANY 1 (n1,n2,n3)";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ANY 1 (n1,n2,n3)         | 1",
                "ANY 2 (n1, \"n2\", \"n3\") | 2",
                "FIRST 1 (n2)             | 1",
                "n2                       | 1",
                "''                       | 0",
                "*                        | 0",
                "ANY 1 (*)                | 0",
                "ANY 2 (*)                | 0",
                "\"x(y\", n2               | 0",
                "ANY 1 (n2,barman)        | 0",
                "ANY 2 (n2,n3,barman)     | 1",
            })
    void onlyNodesOfTheClusterCount(String names, int by) {
        assertThat(Kept.of(NODES, names, "on", positions("0/5")).by()).isEqualTo(by);
    }

    @ParameterizedTest
    @CsvSource({"on, 1", "remote_apply, 1", "remote_write, 1", "local, 0", "off, 0"})
    void commitsMustWait(String commit, int by) {
        assertThat(Kept.of(NODES, NAMES, commit, positions("0/5")).by()).isEqualTo(by);
    }

    @Test
    void upToWhereEnoughHadIt() {
        assertThat(Kept.of(NODES, "ANY 2 (n1,n2,n3)", "on", positions("0/7", "0/9", "0/8"))
                        .upTo())
                .isEqualTo(Lsn.parse("0/8"));
        assertThat(Kept.of(NODES, "ANY 2 (n1,n2,n3)", "on", positions("0/7")).upTo())
                .isNull();
        assertThat(Kept.of(NODES, "", "on", positions("0/7")).upTo()).isNull();
    }

    @Test
    void whatWasConfirmedOnceStaysSo() {
        assertThat(kept("0/7").after(kept("0/9"))).isEqualTo(kept("0/9"));
        assertThat(kept("0/9").after(kept("0/7"))).isEqualTo(kept("0/9"));
        assertThat(new Kept(NAMES, 1, null, null).after(kept("0/7"))).isEqualTo(kept("0/7"));
        assertThat(kept("0/7").after(Kept.UNKNOWN)).isEqualTo(kept("0/7"));
    }

    @Test
    void whatAllHadIsKnownWhileAllStream() {
        Kept both = Kept.of(NODES, NAMES, "on", positions("0/7", "0/9"));

        assertThat(both.all()).isEqualTo(Lsn.parse("0/7"));
        Kept one = Kept.of(NODES, NAMES, "on", positions("0/9"));
        assertThat(one.all()).isNull();
        assertThat(one.after(both).all()).isEqualTo(Lsn.parse("0/7"));
        for (String names : List.of("ANY 2 (n1,n2,n3,barman)", "ANY 2 (n2,n3,barman)")) {
            assertThat(Kept.of(NODES, names, "on", positions("0/7", "0/9")).all())
                    .isNull();
            assertThat(Kept.of(NODES, names, "on", positions("0/7", "0/9", "0/8"))
                            .all())
                    .isEqualTo(Lsn.parse("0/7"));
        }
    }

    /** A record may be begun at the end of a page; whoever had that much goes on with all that was whole. */
    @ParameterizedTest
    @CsvSource({
        "0/2000000, 0/2000000, 0/2000000, true",
        "0/2000000, 0/1FFFFFF, 0/2000000, true",
        "0/2000000, 0/2000000, 0/1FFFF00, true",
        "0/2000000, 0/1FFFFFF, 0/1FFFF00, false",
        "0/2000000,          , 0/1FFFF00, false",
        "0/2000008, 0/2000008, 0/2000000, false",
    })
    void isWholeWhereWhoGoesOnHadAll(String upTo, String all, String end, boolean whole) {
        Kept kept = new Kept(NAMES, 1, Lsn.parse(upTo), all == null ? null : Lsn.parse(all));

        assertThat(kept.isWholeAt(Lsn.parse(end))).isEqualTo(whole);
    }

    @Test
    void namesAreComparedWithoutCase() {
        assertThat(new Kept("ANY 1 (n2, \"N3\")", 1, null, null).isBy("n3")).isTrue();
        assertThat(new Kept("ANY 1 (n2, \"N3\")", 1, null, null).isBy("n1")).isFalse();
    }

    @Test
    void othersAreNotTheSame() {
        assertThat(kept("0/7").isBySame(kept("0/9"))).isTrue();
        assertThat(kept("0/7").isBySame(new Kept("n2", 1, null, null))).isFalse();
        assertThat(kept("0/7").isBySame(new Kept(NAMES, 0, null, null))).isFalse();
        assertThat(Kept.UNKNOWN.isBySame(Kept.UNKNOWN)).isFalse();
    }

    private static Kept kept(String upTo) {
        return new Kept(NAMES, 1, Lsn.parse(upTo), null);
    }

    private static List<Lsn> positions(String... positions) {
        return Stream.of(positions).map(Lsn::parse).toList();
    }
}
