// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private final Properties before = (Properties) System.getProperties().clone();

    @AfterEach
    void restore() {
        System.setProperties(before);
    }

    @Test
    void nothingLeavesTheEmbeddedServersOn() {
        Options.NONE.setSystemProperties();

        assertThat(System.getProperty("ucm.embedded")).isNull();
        assertThat(System.getProperty("ucm.embedded.data")).isNull();
    }

    @Test
    void anOwnConfigurationTurnsThemOffUnlessTheyAreAskedFor() {
        options(Path.of("etc"), null, false, Map.of());
        assertThat(System.getProperty("ucm.embedded")).isEqualTo("false");

        options(Path.of("etc"), null, true, Map.of());
        assertThat(System.getProperty("ucm.embedded")).isEqualTo("true");

        options(Path.of("etc"), Path.of("data"), false, Map.of());
        assertThat(System.getProperty("ucm.embedded")).isEqualTo("true");
        assertThat(System.getProperty("ucm.embedded.data"))
                .isEqualTo(Path.of("data").toAbsolutePath().toString());
    }

    @Test
    void whatLastsHasAFolderForWhatIsRemembered() {
        Options.NONE.setSystemProperties();
        assertThat(System.getProperty("ucm.state.folder")).isNull();

        options(null, Path.of("data"), false, Map.of());
        assertThat(System.getProperty("ucm.state.folder"))
                .isEqualTo(Path.of("data/state").toAbsolutePath().toString());

        options(Path.of("x/../etc"), Path.of("data"), false, Map.of());
        assertThat(System.getProperty("ucm.state.folder"))
                .isEqualTo(Path.of("etc/state").toAbsolutePath().toString());
    }

    @Test
    void aPropertyWins() {
        options(Path.of("etc"), null, true, Map.of("ucm.embedded", "false"));

        assertThat(System.getProperty("ucm.embedded")).isEqualTo("false");

        options(Path.of("etc"), null, false, Map.of("ucm.state.folder", "/elsewhere"));
        assertThat(System.getProperty("ucm.state.folder")).isEqualTo("/elsewhere");
    }

    private static void options(Path config, Path data, boolean embedded, Map<String, String> properties) {
        new Options(config, data, embedded, null, 0, null, properties).setSystemProperties();
    }
}
