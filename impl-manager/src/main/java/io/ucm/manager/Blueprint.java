// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPoolFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.service.jdbc.DataSourceFactory;

/** What a generation is built from. Equal blueprints build the same. */
record Blueprint(
        Part<ConnectionPoolFactory> pool,
        Part<DataSourceFactory> driver,
        ClusterSettings cluster,
        ModeSettings mode,
        Tls tls) {

    boolean uses(ServiceReference<?> part) {
        return pool.reference().equals(part) || driver.reference().equals(part);
    }

    Connector connector() {
        return new Connector(driver.service(), cluster, TlsState.of(tls));
    }
}
