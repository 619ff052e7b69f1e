// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.sql.Connection;
import javax.sql.DataSource;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A consumer that borrows a connection and forgets it. */
public final class LeakingActivator implements BundleActivator {

    private Connection forgotten;

    @Override
    public void start(BundleContext context) throws Exception {
        forgotten = context.getService(context.getServiceReferences(DataSource.class, "(ucm.mode=HIGH_AVAILABILITY)")
                        .iterator()
                        .next())
                .getConnection();
        forgotten.setAutoCommit(false);
    }

    @Override
    public void stop(BundleContext context) {
        // It has forgotten.
    }
}
