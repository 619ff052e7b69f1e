// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The picture in docs/architecture.md against the assembled folder. */
class ArchitectureIT {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(io\\.ucm\\.[a-z.]+)` \\|");
    private static final Pattern SLOT = Pattern.compile("slot `([a-z]+)`: `([A-Za-z]+)`");

    private final String picture = read();

    @Test
    void itsBundlesAreThoseThatAreInstalled() throws IOException {
        Set<String> installed = new TreeSet<>();
        for (Home.BundleFile bundle : new Home(AssembledFolder.original()).bundles()) {
            String name = bundle.file().getFileName().toString().replaceFirst("-[0-9].*", "");
            if (name.startsWith("io.ucm.")) {
                installed.add(name);
            }
        }

        assertThat(bundles()).isEqualTo(installed);
    }

    @Test
    void itsSlotsAreContracts() {
        assertThat(SLOT.matcher(picture).results()).hasSize(4).allSatisfy(slot -> assertThat(
                        Class.forName("io.ucm.spi." + slot.group(2)))
                .isInterface());
    }

    /** Rows of the first table; another one has bundles that connect. */
    private Set<String> bundles() {
        Set<String> bundles = new TreeSet<>();
        ROW.matcher(picture.substring(0, picture.indexOf("## Connections")))
                .results()
                .forEach(row -> bundles.add(row.group(1)));
        return bundles;
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/architecture.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
