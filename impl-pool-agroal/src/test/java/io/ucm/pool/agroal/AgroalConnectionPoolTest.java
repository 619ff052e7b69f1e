// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.ucm.contracts.ConnectionPoolContract;
import io.ucm.spi.ConnectionPoolFactory;
import org.junit.jupiter.api.AfterEach;

class AgroalConnectionPoolTest extends ConnectionPoolContract {

    private final AgroalConnectionPoolFactory factory = new AgroalConnectionPoolFactory();

    @AfterEach
    void stop() {
        factory.deactivate();
    }

    @Override
    protected ConnectionPoolFactory factory() {
        return factory;
    }
}
