// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.TopologyWatcher;
import java.nio.file.Path;

/** The watcher without a container, for processes of their own. */
public final class HaWatchers {

    private HaWatchers() {}

    /** @param folder what it remembers is kept there */
    public static TopologyWatcher in(Path folder) {
        return new ProbingTopologyWatcher(HaSettings.BUILT_IN, folder);
    }
}
