// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.sql.Connection;
import java.sql.SQLException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens connections to one node for a pool. Thread-safe. The pool needs no credentials and no driver. */
@ProviderType
@FunctionalInterface
public interface ConnectionSource {

    /** A new connection, ready to use. Blocks while it connects: 10 s at most unless configured otherwise. */
    Connection open() throws SQLException;
}
