// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.SQLException;
import org.osgi.service.component.annotations.Component;

/** Fills the slot {@code pool} with HikariCP. */
@Component
public final class HikariConnectionPoolFactory implements ConnectionPoolFactory {

    @Override
    public ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        return HikariConnectionPool.open(settings, source);
    }
}
