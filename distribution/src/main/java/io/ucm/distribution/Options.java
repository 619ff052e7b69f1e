// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the options say.
 *
 * @param config the operator's folder; absent: the embedded default
 * @param data where the embedded servers keep their data; absent: nowhere, it is thrown away
 * @param embedded whether embedded servers are wanted beside the operator's configuration
 * @param name of a server; absent: the default, or the only one
 * @param port of a server; 0: any free one
 * @param waiting how long {@code attach} waits for a server; absent: its defaults
 * @param properties {@code ucm.*}, as given with {@code -D}
 */
record Options(
        @Nullable Path config,
        @Nullable Path data,
        boolean embedded,
        @Nullable String name,
        int port,
        @Nullable Duration waiting,
        Map<String, String> properties) {

    /**
     * Where bundles keep what they must remember across restarts; absent: in the instance's folder, which goes with it. Each has a
     * folder of its own there, in which files about one cluster begin with its name and a dot.
     */
    static final String STATE_FOLDER = "ucm.state.folder";

    static final Options NONE = new Options(null, null, false, null, 0, null, Map.of());

    Options {
        properties = Map.copyOf(properties);
    }

    /** Sets the properties that the bundles read. What was given with {@code -D} wins. */
    void setSystemProperties() {
        properties.forEach(System::setProperty);
        if (data != null) {
            setUnlessGiven("ucm.embedded.data", absolute(data).toString());
        }
        if (config != null) {
            setUnlessGiven("ucm.embedded", String.valueOf(embedded || data != null));
        }
        Path lasting = config != null ? config : data;
        if (lasting != null) {
            setUnlessGiven(STATE_FOLDER, absolute(lasting).resolve("state").toString());
        }
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private void setUnlessGiven(String name, String value) {
        if (!properties.containsKey(name)) {
            System.setProperty(name, value);
        }
    }
}
