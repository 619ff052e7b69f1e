// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import io.ucm.api.Role;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** One cluster that is being watched. Thread-safe. */
@ConsumerType
public interface TopologyWatch extends AutoCloseable {

    /**
     * A connection to that node failed, or could not be opened: it is looked at now and not at its turn. Does not block,
     * and may be called as often as that happens.
     */
    void failed(String node, SQLException failure);

    /**
     * What is to be asked before a node is used, and told of how that went: the same object each time. It does not outlive the
     * watch. Does not block.
     *
     * @param role what the node is used as
     * @param mode whose calls these are
     * @param basedOn the built-in mode that this one has its values from, or is
     * @return null where nobody is turned away
     */
    default @Nullable CallBreaker breaker(String node, Role role, String mode, String basedOn) {
        return null;
    }

    /** Stops watching: when it returns, or 2 s later at most, no thread of the watch is left. Idempotent. */
    @Override
    void close();
}
