// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertTrue;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** An update of the health bundle, in a container in which every check was well until then. */
@RunWith(PaxExam.class)
public class HealthUpdateIT {

    @Inject
    private BundleContext context;

    private ContainerShell shell;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everythingIsThere() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
    }

    @Test
    public void itsOldClassesGoWhenItIsUpdated() throws Exception {
        Bundle health = bundle("io.ucm.health");
        shell.run("ucm:health");
        shell.run("hc:exec ucm");
        WeakReference<ClassLoader> old =
                new WeakReference<>(health.adapt(BundleWiring.class).getClassLoader());

        health.update();
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(health), event -> refreshed.countDown());
        assertTrue(refreshed.await(20, TimeUnit.SECONDS));

        await(
                "the class loader is collected",
                () -> {
                    System.gc();
                    return String.valueOf(old.get());
                },
                "null"::equals);
        await("it serves", () -> shell.run("ucm:health --json"), result -> result.startsWith("{\"status\":\"OK\""));
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }
}
