// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.ucm.spi.ConnectionPoolFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Exchanges parts of a container in the ways that OSGi has, while the ledger works. */
final class ExchangeKit {

    static final String POOL = "io.ucm.pool";
    static final String AGROAL = "io.ucm.pool.agroal";
    static final String DRIVER = "org.postgresql.jdbc";

    /** The parts besides pool and driver, by slot. */
    static final Map<String, String> OTHER_PARTS =
            new TreeMap<>(Map.of("ha", "io.ucm.ha", "cache", "io.ucm.cache", "health", "io.ucm.health"));

    private final BundleContext context;
    private final ContainerShell shell;

    ExchangeKit(BundleContext context, ContainerShell shell) {
        this.context = context;
        this.shell = shell;
    }

    /** Something that is done to the container. */
    @FunctionalInterface
    interface Action {

        void run() throws Exception;
    }

    /** One line of {@code ucm:swaps --json}. */
    record Swapped(String json) {

        String text(String field) {
            Matcher value = Pattern.compile('"' + field + "\":\"?([^,\"}]*)").matcher(json);
            assertTrue(json, value.find());
            return value.group(1);
        }
    }

    /** Those after each of which everything is as before. */
    Map<String, Action> all() {
        Map<String, Action> all = new LinkedHashMap<>();
        all.put("swap to Agroal and back", () -> {
            shell.run("ucm:swap pool " + AGROAL);
            shell.run("ucm:swap pool auto");
        });
        all.put("swap to another pool version and back", () -> swapSecond("pool", POOL));
        all.put("swap to another driver and back", () -> swap("driver", previousDriver()));
        all.put("a better pool by ranking", this::higherRanking);
        all.put("other settings", this::changeSettings);
        all.put("another start level of the pool", () -> changeStartLevel(POOL));
        all.put("two pools side by side", () -> sideBySide(POOL, secondVersion(POOL)));
        all.put("two drivers side by side", () -> sideBySide(DRIVER, previousDriver()));
        all.put("stop and start the pool", () -> restart(POOL));
        all.put("update the pool", () -> update(POOL));
        all.put("refresh the pool", () -> refresh(POOL));
        all.put("update and refresh the pool", () -> {
            update(POOL);
            refresh(POOL);
        });
        all.put("stop, update and start the only pool", () -> {
            bundle(AGROAL).stop();
            restart(POOL);
            update(POOL);
            bundle(AGROAL).start();
        });
        all.put("uninstall and install the pool", () -> reinstall(POOL));
        all.put("stop and start the driver", () -> restart(DRIVER));
        all.put("update the driver", () -> update(DRIVER));
        all.put("refresh the driver", () -> refresh(DRIVER));
        all.put("update and refresh the driver", () -> {
            update(DRIVER);
            refresh(DRIVER);
        });
        all.put("uninstall and install the driver", () -> reinstall(DRIVER));
        OTHER_PARTS.forEach((slot, name) -> {
            all.put("swap to another " + slot + " and back", () -> swapSecond(slot, name));
            all.put("stop and start " + slot, () -> restart(name));
            all.put("update and refresh " + slot, () -> {
                update(name);
                refresh(name);
            });
        });
        return all;
    }

    /**
     * Fails where a request failed, or an answer is unknown, was lost or came twice.
     *
     * @return the exchanges that it led to
     */
    List<Swapped> underLoad(Action action) throws Exception {
        Instant before = Instant.now();
        shell.run("ledger:start --clients 32 --deadline-ms 20000");
        shell.run("catalog:start --clients 4");
        try {
            pause();
            action.run();
            pause();
        } catch (Exception | AssertionError e) {
            shell.run("ledger:stop");
            shell.run("catalog:stop");
            throw e;
        }
        ContainerShell.await("the exchanges are over", () -> swapsSince(before), ExchangeKit::areOver);
        List<Swapped> swaps = swapsSince(before);
        shell.run("ledger:report --json");
        shell.run("catalog:report --json");
        for (Swapped swap : swaps) {
            assertEquals(swap.json(), "0", swap.text("aborted"));
        }
        return swaps;
    }

    /** So many of them, drawn by lot, under load; a failure names the seed. */
    void randomly(int count, long seed) {
        Random random = new Random(seed);
        List<Map.Entry<String, Action>> all = new ArrayList<>(all().entrySet());
        List<String> done = new ArrayList<>();
        try {
            underLoad(() -> {
                for (int i = 0; i < count; i++) {
                    Map.Entry<String, Action> next = all.get(random.nextInt(all.size()));
                    done.add(next.getKey());
                    next.getValue().run();
                }
            });
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + done, e);
        }
    }

    /** Those that began since then; at most the last 100. */
    List<Swapped> swapsSince(Instant then) throws Exception {
        return Pattern.compile("\\{\"at\".*?\\}")
                .matcher(shell.run("ucm:swaps --json"))
                .results()
                .map(found -> new Swapped(found.group()))
                .filter(swap -> Instant.parse(swap.text("at")).isAfter(then))
                .toList();
    }

    private static boolean areOver(List<Swapped> swaps) {
        return swaps.stream().noneMatch(swap -> swap.text("outcome").equals("RUNNING"));
    }

    void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(500);
    }

    Bundle bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    void restart(String name) throws Exception {
        bundle(name).stop();
        bundle(name).start();
    }

    private void swapSecond(String slot, String name) throws Exception {
        swap(slot, secondVersion(name));
    }

    /** To what lies in that file, and back. */
    void swap(String slot, Path file) throws Exception {
        shell.run("ucm:swap " + slot + " " + file);
        shell.run("ucm:swap " + slot + " auto");
        context.getBundle(file.toUri().toURL().toString()).uninstall();
    }

    /** Another version comes beside, and serves while the first one is stopped. */
    void sideBySide(String name, Path other) throws Exception {
        Bundle first = bundle(name);
        Bundle second = context.installBundle(other.toUri().toURL().toString());
        second.start();
        first.stop();
        pause();
        first.start();
        second.uninstall();
    }

    /** Somebody else offers a pool that is ranked higher, for a while. */
    void higherRanking() throws Exception {
        ServiceReference<ConnectionPoolFactory> reference = context.getServiceReference(ConnectionPoolFactory.class);
        ConnectionPoolFactory real = context.getService(reference);
        offerPool(real::open).uninstall();
        context.ungetService(reference);
    }

    /** Returns when it has come to serve, or was refused, with the bundle that offers it; that is the caller's to uninstall. */
    Bundle offerPool(ConnectionPoolFactory pool) throws Exception {
        Instant before = Instant.now();
        Bundle offers = context.installBundle(
                TestBundle.importing("org.osgi.framework", "offers", Files.createTempDirectory("offers"))
                        .toUri()
                        .toString());
        offers.start();
        offers.getBundleContext()
                .registerService(
                        ConnectionPoolFactory.class,
                        pool,
                        new Hashtable<>(Map.of(Constants.SERVICE_RANKING, Integer.valueOf(100))));
        ContainerShell.await(
                "it is tried",
                () -> swapsSince(before).stream()
                        .filter(swap -> swap.text("slot").equals("pool"))
                        .toList(),
                swaps -> !swaps.isEmpty() && areOver(swaps));
        return offers;
    }

    void changeStartLevel(String name) throws Exception {
        Bundle bundle = bundle(name);
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        int before = level.getStartLevel();
        level.setStartLevel(
                context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel() + 1);
        ContainerShell.await("it is stopped", bundle::getState, state -> state == Bundle.RESOLVED);
        level.setStartLevel(before);
        ContainerShell.await("it is started", bundle::getState, state -> state == Bundle.ACTIVE);
    }

    void changeSettings() throws Exception {
        for (int limit : new int[] {33, 30}) {
            awaitNoExchange();
            Instant before = Instant.now();
            change("ASYNC_MODERN", "statement.timeout.ms", Duration.ofSeconds(limit));
            awaitExchange(before);
        }
    }

    /** What changes during an exchange is part of it. */
    void awaitNoExchange() throws Exception {
        ContainerShell.await("the exchanges are over", () -> swapsSince(Instant.EPOCH), ExchangeKit::areOver);
    }

    /** One has begun since then, and all are over. */
    private void awaitExchange(Instant then) throws Exception {
        ContainerShell.await("it is exchanged", () -> swapsSince(then), swaps -> !swaps.isEmpty() && areOver(swaps));
    }

    /** A time in the configuration of that mode; returns when it is in force. */
    void change(String mode, String attribute, Duration time) throws Exception {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        Configuration configuration =
                context.getService(reference).listConfigurations("(service.pid=io.ucm.mode~main-" + mode + ")")[0];
        Dictionary<String, Object> properties = configuration.getProperties();
        properties.put(attribute, time.toMillis());
        configuration.update(properties);
        context.ungetService(reference);
        ContainerShell.await(
                "it is in force",
                () -> shell.run("ucm:pool --json " + mode),
                pool -> pool.contains("{\"name\":\"" + attribute + "\",\"value\":\"" + time.toSeconds() + " s\""));
    }

    /** The same content once more. */
    void update(String name) throws Exception {
        Bundle bundle = bundle(name);
        try (InputStream content = URI.create(bundle.getLocation()).toURL().openStream()) {
            bundle.update(content);
        }
    }

    void refresh(String name) throws Exception {
        CountDownLatch refreshed = new CountDownLatch(1);
        Collection<Bundle> all =
                context.getBundle(0).adapt(FrameworkWiring.class).getDependencyClosure(List.of(bundle(name)));
        assertFalse("the test itself would be refreshed: " + all, all.contains(context.getBundle()));
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle(name)), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        assertTrue(refreshed.await(30, TimeUnit.SECONDS));
    }

    void reinstall(String name) throws Exception {
        String location = bundle(name).getLocation();
        bundle(name).uninstall();
        context.installBundle(location).start();
    }

    /** The release before, which lies beside the installed one. */
    static Path previousDriver() {
        return alternative("postgresql-");
    }

    /** The same as another version. */
    static Path secondVersion(String name) {
        return alternative(name + "-");
    }

    private static Path alternative(String prefix) {
        try (Stream<Path> all = Files.list(AssembledFolder.original().resolve("alternatives"))) {
            return all.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
