// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.time.Duration;

/**
 * The operating profile that a manager works by. A timeout of zero means: none.
 *
 * @param name what the mode is called, such as {@code ASYNC_MODERN}
 * @param poolSize connections that the pool holds open
 * @param acquireTimeout how long {@code dataSource().getConnection()} waits for a connection
 * @param statementTimeout how long the server lets one statement run
 * @param lockTimeout how long the server lets a statement wait for a lock
 * @param idleInTransactionTimeout how long the server keeps a transaction in which nothing happens
 * @param defaultAccess what the plain {@code DataSource} gives; a {@link Access#READ_ONLY} mode takes no writes at all
 * @param replicaReads whether reads may go to replicas where somebody watches the topology
 * @param commitOutcome what is done about a write whose COMMIT was not answered
 * @param priority whose turn it is when callers wait for a connection: of a call that names none, and of the plain
 *     {@code DataSource}
 * @param cacheEntries how many entries its caches keep in the process
 * @param cacheTimeToLive of a cached entry that names none, less some jitter
 */
public record ModeProfile(
        String name,
        int poolSize,
        Duration acquireTimeout,
        Duration statementTimeout,
        Duration lockTimeout,
        Duration idleInTransactionTimeout,
        Access defaultAccess,
        boolean replicaReads,
        CommitOutcome commitOutcome,
        Priority priority,
        int cacheEntries,
        Duration cacheTimeToLive) {

    private static final Duration UNLIMITED_WORK = Duration.ofSeconds(30);

    /**
     * The budget of a {@code read} or {@code write} that names no deadline: the acquire timeout plus the statement
     * timeout, or plus 30 s where the mode has no statement timeout.
     */
    public Duration defaultDeadline() {
        return acquireTimeout.plus(statementTimeout.isZero() ? UNLIMITED_WORK : statementTimeout);
    }

    public boolean readOnly() {
        return defaultAccess == Access.READ_ONLY;
    }
}
