// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedSettingsTest {

    private static final Platform LINUX = Platform.of("Linux", "amd64");
    private static final Platform MAC = Platform.of("Mac OS X", "aarch64");
    private static final Path LAST = Path.of("/last");

    private final EmbeddedSettings unset = new EmbeddedSettings(true, null, true, null, null, null, 0);

    @Test
    void theUsualPlaceOfTheSystemOrUserIsTheCache() {
        Map<String, String> home = Map.of("HOME", "/home/u");
        assertThat(unset.cachePlaces(true, LINUX, home, LAST)).containsExactly(Path.of("/var/cache/ucm"), LAST);
        assertThat(unset.cachePlaces(false, LINUX, home, LAST)).containsExactly(Path.of("/home/u/.cache/ucm"), LAST);
        assertThat(unset.cachePlaces(false, LINUX, Map.of("HOME", "/home/u", "XDG_CACHE_HOME", "/x"), LAST))
                .containsExactly(Path.of("/x/ucm"), LAST);
        assertThat(unset.cachePlaces(false, MAC, home, LAST))
                .containsExactly(Path.of("/home/u/Library/Caches/ucm"), LAST);
        assertThat(unset.cachePlaces(false, LINUX, Map.of("HOME", ""), LAST)).containsExactly(LAST);
    }

    @Test
    void aGivenCacheIsTheOnlyOne() {
        EmbeddedSettings given = EmbeddedSettings.of(TestServers.context(Map.of("ucm.cache.dir", "/given")));
        assertThat(given.cachePlaces(true, LINUX, Map.of(), LAST)).containsExactly(Path.of("/given"));
    }

    @Test
    void onlyTheWordFalseSwitchesOff() {
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of())).enabled()).isTrue();
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded", "true")))
                        .enabled())
                .isTrue();
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded", "false")))
                        .enabled())
                .isFalse();
    }

    @Test
    void platformsHaveOneNameEach() {
        assertThat(LINUX).hasToString("linux-amd64");
        assertThat(MAC).hasToString("darwin-arm64");
        assertThat(Platform.of("Linux", "x86_64")).isEqualTo(LINUX);
    }

    @Test
    void theFirstOfFourPortsIsANumber() {
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of())).port()).isZero();
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded.port", "65532")))
                        .port())
                .isEqualTo(65_532);
        for (String bad : List.of("abc", "80", "65533", "-1", "5432 ", "99999999999")) {
            assertThatThrownBy(() -> EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded.port", bad))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("embedded: ucm.embedded.port=" + bad
                            + ": must be a number from 1024 to 65532, the first of 4 ports in a row");
        }
    }

    @Test
    void keptDataHasAnAbsolutePath() {
        assertThatThrownBy(() -> EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded.data", "data"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embedded: ucm.embedded.data=data: must be the absolute path of a folder");
        assertThat(EmbeddedSettings.of(TestServers.context(Map.of("ucm.embedded.data", "/x/../data")))
                        .data())
                .isEqualTo(Path.of("/data"));
    }
}
