// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConninfoTest {

    private static final NodeAddress ELSEWHERE = new NodeAddress("n2", "two.example", 6432);

    @Test
    void changesTheServerOnly() {
        Conninfo before = Conninfo.parse(
                "user=rep  password='it''s' host=one.example hostaddr = 10.0.0.1 port=5432".replace("''", "\\'")
                        + " application_name=n3 passfile='/a b/c\\\\d' sslmode=''");

        assertThat(before.at(ELSEWHERE).text())
                .isEqualTo("host='two.example' port='6432' user='rep' password='it\\'s' application_name='n3'"
                        + " passfile='/a b/c\\\\d' sslmode=''");
        assertThat(Conninfo.parse(before.at(ELSEWHERE).text())).isEqualTo(before.at(ELSEWHERE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "host=one port=5432 user=r | host='two.example' port='6432' user='r'",
                "user = r   hostaddr=10.0.0.1 port='5432' | host='two.example' port='6432' user='r'",
                "user=r password='it\\'s host=x' | host='two.example' port='6432' user='r' password='it\\'s host=x'",
                "user=a\\ b application_name=n3 | host='two.example' port='6432' user='a b' application_name='n3'"
            })
    void keepsWhatLooksLikeAServerInsideAValue(String before, String after) {
        assertThat(Conninfo.parse(before).at(ELSEWHERE).text()).isEqualTo(after);
    }

    @Test
    void quotesAHost() {
        assertThat(Conninfo.parse("user=r")
                        .at(new NodeAddress("n2", "o'd\\d", 1))
                        .text())
                .startsWith("host='o\\'d\\\\d' port='1' ");
    }

    @Test
    void saysWhereItConnectsTo() {
        Conninfo one = Conninfo.parse("host=one.example port=6000");
        assertThat(one.host()).isEqualTo("one.example");
        assertThat(one.port()).isEqualTo(6000);
        Conninfo two = Conninfo.parse("host=one.example hostaddr=10.0.0.1");
        assertThat(two.host()).isEqualTo("10.0.0.1");
        assertThat(two.port()).isEqualTo(5432);
    }

    @Test
    void refusesWhatItCannotReadWithoutShowingIt() {
        for (String text : new String[] {
            "postgresql://rep:secret@one.example", "user=rep password='secret", "user=rep secret", "secret"
        }) {
            assertThatThrownBy(() -> Conninfo.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("keyword=value")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void doesNotPrintAPassword() {
        assertThat(Conninfo.parse("user=rep password=secret")).asString().doesNotContain("secret");
    }
}
