// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.sql.SQLException;
import org.osgi.annotation.versioning.ConsumerType;

/** One cluster that is being watched. Thread-safe. */
@ConsumerType
public interface TopologyWatch extends AutoCloseable {

    /**
     * A connection to that node failed, or could not be opened: it is looked at now and not at its turn. Does not block,
     * and may be called as often as that happens.
     */
    void failed(String node, SQLException failure);

    /** Stops watching: when it returns, or 2 s later at most, no thread of the watch is left. Idempotent. */
    @Override
    void close();
}
