// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Semaphore;

/** A connection of a {@link FairDataSource}: gives its permit back when it is closed. */
final class FairConnection extends ForwardingConnection {

    private final Connection pooled;
    private final Semaphore permits;
    private boolean closed;

    FairConnection(Connection pooled, Semaphore permits) {
        this.pooled = pooled;
        this.permits = permits;
    }

    @Override
    Connection delegate() {
        return pooled;
    }

    @Override
    public void close() throws SQLException {
        if (!closed) {
            closed = true;
            try {
                pooled.close();
            } finally {
                permits.release();
            }
        }
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        pooled.setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        pooled.setClientInfo(properties);
    }
}
