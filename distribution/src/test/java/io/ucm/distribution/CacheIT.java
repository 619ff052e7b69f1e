// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevels.Lookup;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.CacheSettings;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** The cache bundle among the others, on the embedded Redis. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CacheIT {

    private static final String BUNDLE = "io.ucm.cache";
    private static final String CLUSTER = "caches-of-the-test";
    private static final int TIMES = 20;

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Test
    public void whatOneModeKeepsAnotherFindsInRedis() throws Exception {
        try (CacheLevels one = open("ASYNC_MODERN");
                CacheLevels other = open("MCP_SERVER")) {
            awaitRedis("UP");
            CacheKey key = key("shared");
            Lookup miss = answer(one.get(key));
            assertNull(miss.value());
            one.fill(key, miss.lease(), new byte[] {7}, null);

            ContainerShell.await(
                    "found by the other",
                    () -> String.valueOf(answer(other.get(key)).value() != null),
                    "true"::equals);
            assertArrayEquals(new byte[] {7}, answer(other.get(key)).value());
            answer(other.invalidate(List.of(key)));
            assertNull(answer(one.get(key)).value());
        }
    }

    @Test
    public void theCommandSaysHowTheLevelsAre() throws Exception {
        try (CacheLevels levels = open("ADMIN")) {
            awaitRedis("UP");
            answer(levels.put(key("said"), new byte[] {1}, null));
            answer(levels.get(key("said")));

            String line = shell().run("ucm:cache --cluster " + CLUSTER + " --json products");

            assertEquals(line, 1, line.lines().count());
            assertFalse(line, line.contains("said"));
            assertTrue(line, line.startsWith("{\"clusters\":[{\"cluster\":\"" + CLUSTER + "\""));
            assertTrue(line, line.matches(".*\"regions\":\\[\\{\"region\":\"products\",\"l1\":\\{\"hits\":[1-9].*"));
            assertTrue(line, line.matches(".*\"puts\":[1-9].*"));
            assertTrue(shell().run("ucm:cache").contains(CLUSTER));
        }
    }

    @Test
    public void aKilledRedisIsSurvived() throws Exception {
        try (CacheLevels levels = open("ADMIN")) {
            awaitRedis("UP");
            answer(levels.put(key("stays"), new byte[] {1}, null));
            shell().run("embedded:kill redis");
            awaitRedis("AWAY");

            long start = System.nanoTime();
            Lookup miss = answer(levels.get(key("stays")));
            assertNull(miss.value());
            levels.fill(key("stays"), miss.lease(), new byte[] {2}, null);
            assertArrayEquals(new byte[] {2}, answer(levels.get(key("stays"))).value());
            answer(levels.invalidate(List.of(key("stays"))));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue("took " + millis + " ms", millis < 200);

            shell().run("embedded:rejoin redis");
            awaitRedis("UP");
            assertNull(answer(levels.get(key("stays"))).value());
        }
    }

    @Test
    public void nothingIsLeftOfAStoppedBundle() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            Bundle bundle = bundle();
            use();
            bundle.stop();
            assertThreadsEnd();
            bundle.start();
        }
        WeakReference<ClassLoader> loader = loader();
        assertNotNull(loader.get());
        Bundle bundle = bundle();
        String location = bundle.getLocation();
        bundle.uninstall();
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(bundle));
        ContainerShell.await(
                "the class loader is collected",
                () -> {
                    System.gc();
                    return String.valueOf(loader.get());
                },
                "null"::equals);
        context.installBundle(location).start();
    }

    private void use() throws Exception {
        CacheLevels levels = open("ADMIN");
        awaitRedis("UP");
        answer(levels.put(key("used"), new byte[] {1}, null));
        answer(levels.get(key("used")));
        shell().run("ucm:cache --json");
    }

    private WeakReference<ClassLoader> loader() throws Exception {
        use();
        ServiceReference<CacheLevelsFactory> reference = context.getServiceReference(CacheLevelsFactory.class);
        try {
            return new WeakReference<>(context.getService(reference).getClass().getClassLoader());
        } finally {
            context.ungetService(reference);
        }
    }

    private static void assertThreadsEnd() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        ContainerShell.await("the threads end", CacheIT::threads, "[]"::equals);
        assertTrue("later than 2 s", System.nanoTime() < deadline);
    }

    private static String threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ucm-cache"))
                .toList()
                .toString();
    }

    private CacheLevels open(String mode) throws Exception {
        ContainerShell.await(
                "a factory",
                () -> String.valueOf(context.getServiceReference(CacheLevelsFactory.class) != null),
                "true"::equals);
        ServiceReference<CacheLevelsFactory> reference = context.getServiceReference(CacheLevelsFactory.class);
        try {
            return context.getService(reference).open(new CacheSettings(CLUSTER, mode, 100, Duration.ofMinutes(1)));
        } finally {
            context.ungetService(reference);
        }
    }

    private void awaitRedis(String state) throws Exception {
        ContainerShell.await(
                "Redis is " + state,
                () -> shell().run("ucm:cache --json --cluster " + CLUSTER),
                line -> line.contains("\"redis\":{\"state\":\"" + state + "\""));
    }

    private ContainerShell shell() {
        return new ContainerShell(context);
    }

    private Bundle bundle() {
        for (Bundle bundle : context.getBundles()) {
            if (BUNDLE.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + BUNDLE);
    }

    private static CacheKey key(String key) {
        return new CacheKey("products", "", key);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
