// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.Connection;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What an application does with a connection. Runs on a thread of UCM, once for each attempt.
 *
 * <p>The transaction is UCM's: {@code commit}, {@code rollback} and {@code setAutoCommit} on this connection are
 * refused; savepoints are allowed. The connection is good until {@code run} returns.
 */
@ConsumerType
@FunctionalInterface
public interface SqlWork<T> {

    /** Whatever it throws rolls the transaction back and becomes the failure of the call's stage, unchanged. */
    T run(Connection connection) throws Exception;
}
