// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Starts a process, then waits for ever; interrupted, it ends the process and fails, as every bundle should. */
public final class StuckActivator implements BundleActivator {

    @Override
    public void start(BundleContext context) throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "600").start();
        System.err.println("a start blocks");
        try {
            child.waitFor();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Override
    public void stop(BundleContext context) {}
}
