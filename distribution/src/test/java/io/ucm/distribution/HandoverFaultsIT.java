// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.distribution.ExchangeKit.Action;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** Many exchanges: still nobody notices, and nothing of what has gone stays behind. */
public class HandoverFaultsIT extends HandoverContainer {

    private static final int RANDOM_EXCHANGES = 50;
    private static final int OF_EACH_KIND = 20;

    /** What an idle thread may still hold is gone when it ends, after 10 s at most. */
    private static final Duration COLLECTED = Duration.ofSeconds(30);

    private static final long MORE_HEAP = 10_000_000;

    @Test
    public void whateverIsExchangedNobodyNotices() throws Exception {
        kit.randomly(RANDOM_EXCHANGES, System.nanoTime());
    }

    @Test
    public void whoUsesTheDataSourceAloneNoticesNothing() throws Exception {
        try (PlainLoad load = new PlainLoad(context, shell)) {
            for (Map.Entry<String, Action> kind : kit.all().entrySet()) {
                Instant before = Instant.now();
                kit.pause();
                kind.getValue().run();
                kit.awaitNoExchange();
                load.assertNobodyWasKilled(() -> kind.getKey() + ": " + kit.swapsSince(before));
            }
            load.assertNobodyNoticed(shell);
        }
    }

    @Test
    public void nothingStaysBehind() throws Exception {
        Map<String, WeakReference<ClassLoader>> gone = new LinkedHashMap<>();
        // Once, so that what is made once is there.
        for (Action action : kit.all().values()) {
            action.run();
        }
        Footprint before = settled();
        for (Map.Entry<String, Action> kind : kit.all().entrySet()) {
            for (int i = 0; i < OF_EACH_KIND; i++) {
                for (Bundle bundle : context.getBundles()) {
                    gone.put(kind.getKey() + " " + i + ": " + bundle, new WeakReference<>(loader(bundle)));
                }
                kind.getValue().run();
            }
        }
        Instant last = Instant.now();
        kit.all().get("swap to Agroal and back").run();
        List<ClassLoader> there = Arrays.stream(context.getBundles())
                .map(HandoverFaultsIT::loader)
                .toList();

        long deadline = System.nanoTime() + COLLECTED.toNanos();
        while (!left(gone, there).isEmpty() && System.nanoTime() - deadline < 0) {
            TimeUnit.SECONDS.sleep(1);
        }
        assertEquals(Set.of(), left(gone, there));

        gone.clear();
        assertTrue("its own connection counts", openedBefore(Instant.now().plus(1, ChronoUnit.DAYS)) > 0);
        ContainerShell.await("no connection is left of what has gone", () -> openedBefore(last), count -> count == 0);
        ContainerShell.await("threads and memory are as before", () -> before.more(settled()), Set::isEmpty);
    }

    /** What the container occupies. */
    private record Footprint(Set<String> threads, long heapBytes) {

        /** What there is more later. */
        private Set<String> more(Footprint later) {
            Set<String> more = new TreeSet<>(later.threads);
            more.removeAll(threads);
            if (later.heapBytes > heapBytes + MORE_HEAP) {
                more.add(later.heapBytes - heapBytes + " bytes");
            }
            return more;
        }
    }

    /** When every manager serves; what comes and goes within two seconds counts. */
    private Footprint settled() throws Exception {
        shell.run("ucm:ready --seconds 30");
        Set<String> threads = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            threads.addAll(threads());
            TimeUnit.MILLISECONDS.sleep(100);
        }
        System.gc();
        return new Footprint(
                threads,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    /** The connections of UCM's that were opened before that; a pool may have more of them by now, or fewer. */
    private int openedBefore(Instant time) throws Exception {
        Matcher count = Pattern.compile("\\[(\\d+)\\]")
                .matcher(shell.run("ucm:sql --json \"SELECT count(*) FROM pg_stat_activity"
                        + " WHERE application_name LIKE 'ucm/%' AND backend_start < '" + time + "'\""));
        assertTrue(count.find());
        return Integer.parseInt(count.group(1));
    }

    private static ClassLoader loader(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        return wiring == null ? null : wiring.getClassLoader();
    }

    private static Set<String> left(Map<String, WeakReference<ClassLoader>> gone, List<ClassLoader> there) {
        System.gc();
        return gone.entrySet().stream()
                .filter(one -> one.getValue().get() != null
                        && !there.contains(one.getValue().get()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * Their names, numbers left out. Not the pools' own, which come and go with a pool's size, and would hold its class
     * loader; nor Agroal's timer, which begins with the first failure to connect; nor the thread that ran this test's
     * own last command in the shell, which ends a moment after it.
     */
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceAll("[0-9]+", "N"))
                .filter(name -> !name.contains("@nN")
                        && !name.equals("ucm-agroal-refill")
                        && !name.equals("session-N-thread-N"))
                .collect(Collectors.toSet());
    }
}
