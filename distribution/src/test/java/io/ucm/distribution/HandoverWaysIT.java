// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.distribution.ExchangeKit.Action;
import io.ucm.distribution.ExchangeKit.Swapped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;

/** Each way in which OSGi changes a part, with the ledger and the catalog at work: nobody notices, and it is reported. */
public class HandoverWaysIT extends HandoverContainer {

    @Configuration
    @Override
    public Option[] container() {
        return new Option[] {
            AssembledContainer.all(),
            CoreOptions.frameworkProperty("felix.fileinstall.poll").value("100")
        };
    }

    @Test
    public void ofTheOtherPartsEachIsExchangedStoppedUpdatedAndRefreshed() throws Exception {
        Map<String, Action> all = kit.all();
        for (String slot : ExchangeKit.OTHER_PARTS.keySet()) {
            List<Swapped> swaps = kit.underLoad(() -> {
                all.get("swap to another " + slot + " and back").run();
                all.get("stop and start " + slot).run();
                all.get("update and refresh " + slot).run();
            });

            assertTrue(swaps.toString(), swaps.size() >= 5);
            for (Swapped swap : swaps) {
                assertEquals(swap.json(), slot, swap.text("slot"));
                assertEquals(swap.json(), "0", swap.text("parked"));
            }
            assertTrue(swaps.toString(), swaps.get(0).text("to").endsWith(".second"));
        }
    }

    @Test
    public void aPoolOfAnotherVersionIsChosen() throws Exception {
        List<Swapped> swaps = kit.underLoad(kit.all().get("swap to another pool version and back"));

        assertEquals(swaps.toString(), 2, swaps.size());
        assertTrue(swaps.toString(), swaps.get(0).text("to").endsWith(".second"));
        assertEquals(swaps.get(0).text("from"), swaps.get(1).text("to"));
    }

    @Test
    public void aBetterPoolComesAndLeaves() throws Exception {
        List<Swapped> swaps = kit.underLoad(kit::higherRanking);

        assertEquals(swaps.toString(), 2, swaps.size());
        assertTrue(swaps.toString(), swaps.get(0).text("cause").endsWith(" is ranked higher"));
        assertTrue(swaps.toString(), swaps.get(1).text("cause").endsWith(" left"));
        for (Swapped swap : swaps) {
            assertEquals(swap.json(), "0", swap.text("parked"));
        }
    }

    @Test
    public void settingsChange() throws Exception {
        List<Swapped> swaps = kit.underLoad(kit::changeSettings);

        assertTrue(swaps.toString(), !swaps.isEmpty());
        for (Swapped swap : swaps) {
            assertEquals(swap.json(), "the settings of main/ASYNC_MODERN changed", swap.text("cause"));
            assertEquals(swap.json(), "DONE", swap.text("outcome"));
            assertEquals(swap.json(), "0", swap.text("parked"));
        }
    }

    @Test
    public void theOnlyPoolHasAnotherStartLevel() throws Exception {
        kit.bundle(ExchangeKit.AGROAL).stop();
        try {
            List<Swapped> swaps = kit.underLoad(() -> kit.changeStartLevel(ExchangeKit.POOL));

            assertEquals(swaps.toString(), 1, swaps.size());
            assertTrue(swaps.toString(), swaps.get(0).text("cause").endsWith(" left"));
        } finally {
            kit.bundle(ExchangeKit.AGROAL).start();
        }
    }

    @Test
    public void twoVersionsAreSideBySide() throws Exception {
        kit.underLoad(() -> {
            kit.sideBySide(ExchangeKit.POOL, ExchangeKit.secondVersion(ExchangeKit.POOL));
            kit.pause();
            kit.sideBySide(ExchangeKit.DRIVER, ExchangeKit.previousDriver());
        });
    }

    @Test
    public void theDeployFolderBringsReplacesAndRemovesAPool() throws Exception {
        Path file = Path.of(System.getProperty("ucm.instance"), "deploy", "pool.jar");
        List<Swapped> swaps = kit.underLoad(() -> {
            put(file, ExchangeKit.secondVersion(ExchangeKit.POOL));
            ContainerShell.await("it is deployed", () -> deployed(file), bundle -> isActive(bundle));
            kit.bundle(ExchangeKit.POOL).stop();
            kit.pause();

            long before = deployed(file).getLastModified();
            put(file, ExchangeKit.secondVersion(ExchangeKit.AGROAL));
            ContainerShell.await(
                    "it is replaced",
                    () -> deployed(file),
                    bundle -> isActive(bundle) && bundle.getLastModified() != before);
            kit.pause();

            Files.delete(file);
            ContainerShell.await("it is removed", () -> deployed(file), bundle -> bundle == null);
            kit.bundle(ExchangeKit.POOL).start();
        });

        String installed = " " + kit.bundle(ExchangeKit.POOL).getVersion();
        assertEquals(
                Set.of(
                        ExchangeKit.POOL + " 0.1.0.second",
                        ExchangeKit.AGROAL + installed,
                        ExchangeKit.POOL + installed),
                swaps.stream().map(swap -> swap.text("to")).collect(Collectors.toSet()));
    }

    @Test
    public void whoUsesTheDataSourceAloneNoticesNothing() throws Exception {
        Map<String, Action> all = kit.all();
        try (PlainLoad load = new PlainLoad(context, shell)) {
            for (String kind : List.of(
                    "other settings",
                    "swap to Agroal and back",
                    "swap to another driver and back",
                    "update and refresh the pool",
                    "stop, update and start the only pool",
                    "update and refresh the driver")) {
                kit.pause();
                all.get(kind).run();
            }
            kit.pause();
            load.assertNobodyNoticed(shell);
        }
    }

    private static boolean isActive(Bundle bundle) {
        return bundle != null && bundle.getState() == Bundle.ACTIVE;
    }

    /** As whole as a user's tool moves it there. */
    private static void put(Path file, Path content) throws IOException {
        Path beside = file.resolveSibling(".new");
        Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Bundle deployed(Path file) throws IOException {
        return context.getBundle(file.toUri().toURL().toString());
    }
}
