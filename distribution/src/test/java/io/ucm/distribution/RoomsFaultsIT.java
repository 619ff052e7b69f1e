// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.FrameworkWiring;

/** Each room may be empty: its bundle comes and goes in every way while the ledger and the catalog run. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RoomsFaultsIT {

    private static final int ROUNDS = 3;

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
        await("all is well", () -> shell.run("ucm:why --json"), "{\"findings\":[]}"::equals);
    }

    @Test
    public void ha() throws Exception {
        comesAndGoesUnderLoad("ha", "the last known primary serves");
    }

    @Test
    public void cache() throws Exception {
        comesAndGoesUnderLoad("cache", "every value comes from the database");
    }

    @Test
    public void health() throws Exception {
        comesAndGoesUnderLoad("health", "nothing is checked or measured");
    }

    @Test
    public void pool() throws Exception {
        Bundle other = bundle("pool.agroal");
        other.stop();
        try {
            comesAndGoesUnderLoad("pool", "the slot 'pool' is empty");
        } finally {
            other.start();
        }
    }

    /** The database alone serves. */
    @Test
    public void allThreeAreAway() throws Exception {
        List<String> slots = List.of("ha", "cache", "health");
        shell.run("ledger:start --clients 8");
        shell.run("catalog:start --clients 8");
        for (String slot : slots) {
            bundle(slot).stop();
        }
        shell.run("ledger:wait --seconds 1");
        for (String slot : slots) {
            bundle(slot).start();
        }
        balances();
    }

    private void comesAndGoesUnderLoad(String slot, String why) throws Exception {
        Bundle bundle = bundle(slot);
        shell.run("ledger:start --clients 16");
        shell.run("catalog:start --clients 8");
        for (int round = 0; round < ROUNDS; round++) {
            bundle.stop();
            saysThatItIsEmpty(slot, why);
            bundle.start();
            saysWhoServes(slot);
            bundle.update();
            saysWhoServes(slot);
            refresh(bundle);
            saysWhoServes(slot);
        }
        balances();
    }

    private void balances() throws Exception {
        String catalog = shell.run("catalog:report --json");
        String ledger = shell.run("ledger:report --json");
        for (String zero : List.of("failed", "stale", "wrong")) {
            assertTrue(catalog, catalog.contains("\"%s\":0".formatted(zero)));
        }
        for (String zero : List.of("failed", "unknown", "lost", "duplicated", "staleReads")) {
            assertTrue(ledger, ledger.contains("\"%s\":0".formatted(zero)));
        }
    }

    private void saysThatItIsEmpty(String slot, String why) throws Exception {
        String slots = shell.run("ucm:slots --json");
        assertTrue(slots, slots.contains("\"%s\":{\"bundleId\":null".formatted(slot)));
        String findings = shell.run("ucm:why --json");
        assertTrue(findings, findings.contains(why));
    }

    private void saysWhoServes(String slot) throws Exception {
        await(
                slot + " serves",
                () -> shell.run("ucm:slots --json"),
                slots -> slots.matches(".*\"%s\":\\{\"bundleId\":\\d+,\"bundle\":\"io.ucm.%s\",[^}]*\"since\":\"2.*"
                        .formatted(slot, slot)));
    }

    private void refresh(Bundle bundle) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(bundle), event -> refreshed.countDown());
        assertTrue("refreshed", refreshed.await(30, TimeUnit.SECONDS));
    }

    private Bundle bundle(String slot) {
        String name = "io.ucm." + slot.toLowerCase(Locale.ROOT);
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }
}
