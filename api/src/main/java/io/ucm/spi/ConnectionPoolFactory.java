// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.sql.SQLException;
import org.osgi.annotation.versioning.ConsumerType;

/** Opens pools: the service by which an implementation fills the slot {@code pool}. Thread-safe. */
@ConsumerType
@FunctionalInterface
public interface ConnectionPoolFactory {

    /**
     * A new pool. Opens the first connection in the calling thread, throws the error of the source if that fails, and
     * leaves nothing open then; the others follow in the background.
     */
    ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException;
}
