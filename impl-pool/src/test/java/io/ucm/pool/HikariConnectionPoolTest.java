// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import io.ucm.contracts.ConnectionPoolContract;
import io.ucm.spi.ConnectionPoolFactory;

class HikariConnectionPoolTest extends ConnectionPoolContract {

    @Override
    protected ConnectionPoolFactory factory() {
        return new HikariConnectionPoolFactory();
    }
}
