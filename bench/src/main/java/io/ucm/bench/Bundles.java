// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The bundles of a framework by their symbolic names, and what an operator does to them. Used by one thread.
 *
 * @param context the framework's own
 */
record Bundles(BundleContext context) {

    private static final long REFRESH_LIMIT_SECONDS = 60;

    String version(String name) {
        return bundle(name).getVersion().toString();
    }

    void start(String name) throws BundleException {
        bundle(name).start();
    }

    void stop(String name) throws BundleException {
        bundle(name).stop();
    }

    void restart(String name) throws BundleException {
        stop(name);
        start(name);
    }

    /** Reads its file once more, and refreshes it and those that are wired to it; blocks until that is done. */
    void update(String name) throws BundleException, InterruptedException {
        Bundle bundle = bundle(name);
        bundle.update();
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        if (!refreshed.await(REFRESH_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "bundle %s is not refreshed after %d s".formatted(name, REFRESH_LIMIT_SECONDS));
        }
    }

    private Bundle bundle(String name) {
        return Stream.of(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no bundle " + name));
    }
}
