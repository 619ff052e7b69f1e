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
                "ANY 1 (n2,barman)        | 0",
                "ANY 2 (n2,n3,barman)     | 1",
            })
    void onlyNodesOfTheClusterCount(String names, int by) {
        assertThat(Kept.of(NODES, names, positions("0/5")).by()).isEqualTo(by);
    }

    @Test
    void upToWhereEnoughHadIt() {
        assertThat(Kept.of(NODES, "ANY 2 (n1,n2,n3)", positions("0/7", "0/9", "0/8"))
                        .upTo())
                .isEqualTo(Lsn.parse("0/8"));
        assertThat(Kept.of(NODES, "ANY 2 (n1,n2,n3)", positions("0/7")).upTo()).isNull();
        assertThat(Kept.of(NODES, "", positions("0/7")).upTo()).isNull();
    }

    @Test
    void whereNotEnoughStreamNothingMoreWasAcknowledged() {
        Kept before = new Kept(1, Lsn.parse("0/7"));

        assertThat(new Kept(1, null).since(before)).isEqualTo(before);
        assertThat(new Kept(1, Lsn.parse("0/9")).since(before)).isEqualTo(new Kept(1, Lsn.parse("0/9")));
    }

    private static List<Lsn> positions(String... positions) {
        return Stream.of(positions).map(Lsn::parse).toList();
    }
}
