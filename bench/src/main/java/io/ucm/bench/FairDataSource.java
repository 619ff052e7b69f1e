// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A pool behind a semaphore that serves first come first: what fairness costs without a gate of anybody's making. */
final class FairDataSource extends PlainDataSource {

    private final DataSource pool;
    private final Semaphore permits;

    FairDataSource(DataSource pool, int size) {
        this.pool = pool;
        this.permits = new Semaphore(size, true);
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            if (!permits.tryAcquire(Contestant.ACQUIRE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLTransientConnectionException("no permit in time", "08001");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted", "08001", e);
        }
        try {
            return new FairConnection(pool.getConnection(), permits);
        } catch (SQLException | RuntimeException e) {
            permits.release();
            throw e;
        }
    }
}
