// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Installs bundles and starts them in order, on the calling thread: to interrupt it is to interrupt the bundle that is
 * just starting. Not thread-safe.
 */
final class BundleStarter {

    /** Bundles at this start level bring servers up; those below serve all, those above use the servers. */
    private static final int SERVERS = 4;

    private final BundleContext context;
    private final Progress progress;
    private final BooleanSupplier closing;
    private final List<Bundle> bundles = new ArrayList<>();

    BundleStarter(BundleContext context, Progress progress, BooleanSupplier closing) {
        this.context = context;
        this.progress = progress;
        this.closing = closing;
    }

    /** Installs all before any is started, so that ids depend on nothing but the order of the files. */
    void install(List<Home.BundleFile> files) throws BundleException, IOException, InterruptedException {
        long start = System.nanoTime();
        for (Home.BundleFile file : files) {
            checkOpen();
            try (InputStream content = Files.newInputStream(file.file())) {
                Bundle bundle = context.installBundle(file.file().toUri().toString(), content);
                bundle.adapt(BundleStartLevel.class).setStartLevel(file.level());
                bundles.add(bundle);
            }
        }
        context.getBundle(Constants.SYSTEM_BUNDLE_ID)
                .adapt(FrameworkWiring.class)
                .resolveBundles(bundles);
        progress.step("bundles " + bundles.size() + " installed", start);
    }

    /** False if one of them did not start or resolve; it was named with the reason. */
    boolean start(Predicate<Bundle> wanted) throws InterruptedException {
        List<Bundle> chosen = bundles.stream().filter(wanted).toList();
        return start("services", at(chosen, level -> level < SERVERS))
                & start("servers", at(chosen, level -> level == SERVERS))
                & start("parts", at(chosen, level -> level > SERVERS));
    }

    private static List<Bundle> at(List<Bundle> bundles, IntPredicate levels) {
        return bundles.stream()
                .filter(bundle ->
                        levels.test(bundle.adapt(BundleStartLevel.class).getStartLevel()))
                .toList();
    }

    private boolean start(String step, List<Bundle> group) throws InterruptedException {
        long start = System.nanoTime();
        boolean succeeded = true;
        for (Bundle bundle : group) {
            succeeded &= start(bundle);
        }
        checkOpen();
        if (!group.isEmpty()) {
            progress.step(step, start);
        }
        return succeeded;
    }

    private boolean start(Bundle bundle) throws InterruptedException {
        checkOpen();
        try {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            } else if (bundle.getState() != Bundle.RESOLVED) {
                throw new BundleException("its host is not there");
            }
            return true;
        } catch (BundleException e) {
            checkOpen();
            progress.say(
                    "bundle %s %s: %s".formatted(bundle.getSymbolicName(), bundle.getVersion(), Failure.message(e)));
            return false;
        }
    }

    private void checkOpen() throws InterruptedException {
        if (closing.getAsBoolean()) {
            throw new InterruptedException("closed while starting");
        }
    }
}
