// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/** Exchanges parts of a container in the ways that OSGi has, while the ledger works. */
final class ExchangeKit {

    static final String POOL = "io.ucm.pool";
    static final String AGROAL = "io.ucm.pool.agroal";
    static final String DRIVER = "org.postgresql.jdbc";

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
        all.put("swap to another driver and back", this::swapDriver);
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
        return all;
    }

    /**
     * Fails where a request failed, or an answer is unknown, was lost or came twice.
     *
     * @return the exchanges that it led to
     */
    List<Swapped> underLoad(Action action) throws Exception {
        int before = swaps().size();
        shell.run("ledger:start --clients 32 --deadline-ms 20000");
        try {
            pause();
            action.run();
            pause();
        } catch (Exception | AssertionError e) {
            shell.run("ledger:stop");
            throw e;
        }
        ContainerShell.await("the exchanges are over", this::swaps, all -> all.stream()
                .noneMatch(swap -> swap.text("outcome").equals("RUNNING")));
        List<Swapped> swaps = swaps().subList(before, swaps().size());
        shell.run("ledger:report --json");
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

    private List<Swapped> swaps() throws Exception {
        return Pattern.compile("\\{\"at\".*?\\}")
                .matcher(shell.run("ucm:swaps --json"))
                .results()
                .map(found -> new Swapped(found.group()))
                .toList();
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

    void swapDriver() throws Exception {
        Path before = previousDriver();
        shell.run("ucm:swap driver " + before);
        shell.run("ucm:swap driver auto");
        context.getBundle(before.toUri().toURL().toString()).uninstall();
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
        try (Stream<Path> all = Files.list(AssembledFolder.original().resolve("alternatives"))) {
            return all.filter(file -> file.getFileName().toString().startsWith("postgresql-"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
