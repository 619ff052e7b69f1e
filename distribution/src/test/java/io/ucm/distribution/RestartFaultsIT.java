// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import io.ucm.api.ConnectionManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Each bundle of the assembly leaves once and comes back; then all is as before. */
@RunWith(PaxExam.class)
public class RestartFaultsIT {

    private static final long LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(60);

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Test
    public void eachBundleCanBeStoppedAndStarted() throws Exception {
        ready();
        List<Bundle> bundles = assembled();
        assertFalse(bundles.isEmpty());
        for (Bundle bundle : bundles) {
            bundle.stop(Bundle.STOP_TRANSIENT);
            bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
        }

        ready();
        assertEquals(
                List.of(),
                bundles.stream()
                        .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                        .toList());
        assertEquals("42", answer());
    }

    /** All but fragments, which have no life of their own, and Pax Exam's. */
    private List<Bundle> assembled() {
        List<Bundle> bundles = new ArrayList<>();
        Stream.of(context.getBundles())
                .filter(bundle -> bundle.getLocation().contains("/ucm/bundles/"))
                .filter(bundle -> bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .forEach(bundles::add);
        return bundles;
    }

    private void ready() throws Exception {
        Object commands = await("(&(osgi.command.scope=ucm)(osgi.command.function=ready))");
        commands.getClass().getMethod("ready", int.class).invoke(commands, 60);
    }

    private String answer() throws Exception {
        ConnectionManager manager = (ConnectionManager)
                await("(&(objectClass=" + ConnectionManager.class.getName() + ")(ucm.mode=ASYNC_MODERN))");
        return manager.read(connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet row = statement.executeQuery("SELECT 42")) {
                        row.next();
                        return row.getString(1);
                    }
                })
                .toCompletableFuture()
                .get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Object await(String filter) throws Exception {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, context.createFilter(filter), null);
        tracker.open();
        try {
            Object service = tracker.waitForService(LIMIT_MILLIS);
            if (service == null) {
                throw new AssertionError("no service " + filter);
            }
            ServiceReference<Object> reference = tracker.getServiceReference();
            return context.getService(reference);
        } finally {
            tracker.close();
        }
    }
}
