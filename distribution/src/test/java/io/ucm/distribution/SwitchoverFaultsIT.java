// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.ucm.spi.ServerControl;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** Switchovers that are disturbed: what was acknowledged stays, and the cluster is whole afterwards. */
@RunWith(PaxExam.class)
public class SwitchoverFaultsIT {

    /** The embedded servers' own control, with work in between. */
    private final class Disturbed implements ServerControl {

        private final ServerControl control;
        private volatile Duration stopLimit;
        private volatile Disturbance beforeStop = () -> {};
        private volatile Disturbance afterStop = () -> {};
        private volatile Disturbance beforeStart = () -> {};
        private volatile Disturbance beforeStandby = () -> {};

        private Disturbed(ServerControl control) {
            this.control = control;
        }

        @Override
        public void stop(String node, Duration limit) throws IOException, InterruptedException {
            beforeStop.happen();
            control.stop(node, stopLimit == null ? limit : stopLimit);
            afterStop.happen();
        }

        @Override
        public void start(String node) throws IOException, InterruptedException {
            beforeStart.happen();
            control.start(node);
        }

        @Override
        public boolean startAsStandby(String node, String primary, Duration limit)
                throws IOException, InterruptedException {
            beforeStandby.happen();
            return control.startAsStandby(node, primary, limit);
        }
    }

    @FunctionalInterface
    private interface Disturbance {
        void happen() throws IOException, InterruptedException;
    }

    @Inject
    private BundleContext context;

    @Inject
    private ServerControl embedded;

    private ContainerShell shell;
    private Disturbed control;
    private ServiceRegistration<ServerControl> registration;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void underLoad() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
        threeNodesAreReadable();
        control = new Disturbed(embedded);
        registration = context.registerService(
                ServerControl.class,
                control,
                new Hashtable<>(Map.of(ServerControl.CLUSTER, "main", Constants.SERVICE_RANKING, 100)));
        shell.run("ledger:start --clients 16 --deadline-ms 30000");
        shell.run("ledger:wait --seconds 1");
    }

    @After
    public void nothingWasLostAndAllIsWhole() throws Exception {
        registration.unregister();
        shell.run("ledger:wait --seconds 1");
        String report = shell.attempt("ledger:report --json");
        for (String figure : new String[] {"failed", "unknown", "lost", "duplicated", "staleReads"}) {
            assertEquals(report, 0, number(report, figure));
        }
        threeNodesAreReadable();
    }

    @Test
    public void anOldPrimaryThatDoesNotStopStaysThePrimary() throws Exception {
        control.stopLimit = Duration.ofMillis(500);
        DriverCluster cluster = DriverCluster.embedded("stuck", context);
        // A server waits for its sessions to end; those of the pools are just being closed.
        try (Connection session = cluster.connect("n1", Duration.ofSeconds(10))) {
            String stuck = process(session);
            control.beforeStop = () -> signal("STOP", stuck);
            control.beforeStart = () -> signal("CONT", stuck);

            String said = shell.attempt("ucm:switchover n2");
            assertTrue(said, said.contains("failed while stopping n1"));
            assertTrue(said, said.contains("not stopped within 500 ms"));
            assertTrue(said, said.contains("all is as it was"));
        }
        await("n1 is the primary", this::topology, json -> json.contains("\"timeline\":1,\"primary\":\"n1\"}"));
    }

    @Test
    public void anotherContainerParksAsWell() throws Exception {
        AtomicReference<Topology> seen = new AtomicReference<>();
        control.beforeStop = () -> {
            TopologyWatcher watcher = context.getService(context.getServiceReference(TopologyWatcher.class));
            try (TopologyWatch other = watcher.watch(DriverCluster.embedded("other", context), seen::set)) {
                ContainerShell.await(
                        "it parks",
                        () -> String.valueOf(seen.get()),
                        topology -> topology.contains("is a primary whose transactions are read-only"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        shell.run("ucm:switchover n2");
        assertNull(seen.get().primary());
        assertTrue(seen.get().why(), seen.get().why().contains("is a primary whose transactions are read-only"));
    }

    @Test
    public void aTargetThatIsKilledBeforeItsPromotionLeavesTheOldPrimary() throws Exception {
        control.afterStop = () -> run("embedded:kill n2");

        String said = shell.attempt("ucm:switchover n2");
        assertTrue(said, said.contains("failed while comparing what was written and received"));
        assertTrue(said, said.contains("all is as it was"));
        await("n1 is the primary", this::topology, json -> json.contains("\"timeline\":1,\"primary\":\"n1\"}"));
        run("embedded:rejoin n2");
    }

    @Test
    public void aReplicaThatLeavesInTheMiddleLeavesTheOldPrimary() throws Exception {
        control.afterStop = () -> run("embedded:kill n3");

        String said = shell.attempt("ucm:switchover n2");
        assertTrue(said, said.contains("failed while pointing n3"));
        await("n1 is the primary", this::topology, json -> json.contains("\"timeline\":1,\"primary\":\"n1\"}"));
        run("embedded:rejoin n3");
    }

    @Test
    public void anOldPrimaryThatCannotFollowComesBackOnAFreshCopy() throws Exception {
        control.beforeStandby = () -> {
            // What it wrote alone is in nobody's history.
            embedded.start("n1");
            sql("n1", "CHECKPOINT");
            run("embedded:kill n1");
        };
        String report = shell.run("ucm:switchover n2 --json");
        assertTrue(report, report.contains("\"oldCameBack\":\"fresh copy\""));
    }

    @Test
    public void theBundleStopsInTheMiddle() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        control.beforeStop = () -> {
            inside.countDown();
            new CountDownLatch(1).await();
        };
        CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> shell.attempt("ucm:switchover n2"));
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        Bundle ha = bundle("io.ucm.ha");
        ha.stop();

        String failure = said.get(20, TimeUnit.SECONDS);
        assertTrue(failure, failure.contains("interrupted; all is as it was"));
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("ucm-ha-") && thread.isAlive()));
        ha.start();
        await("n1 is the primary", this::topology, json -> json.contains("\"timeline\":1,\"primary\":\"n1\"}"));
    }

    /** The number of the process of the server that serves it. */
    private static String process(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet told = statement.executeQuery("SELECT pg_backend_pid()")) {
            told.next();
            return told.getString(1);
        }
    }

    private static void signal(String name, String pid) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    private String sql(String node, String text) {
        try {
            return DriverCluster.embedded("sql", context).sql(node, text);
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
    }

    private void run(String command) {
        try {
            shell.run(command);
        } catch (Exception e) {
            throw new AssertionError(command, e);
        }
    }

    private static int number(String json, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        assertTrue(json, figure.find());
        return Integer.parseInt(figure.group(1));
    }

    private void threeNodesAreReadable() throws Exception {
        await("three nodes are readable", this::topology, json -> json.split("\"readable\":true", -1).length == 4);
    }

    /** What it says, also while the bundle comes. */
    private String topology() {
        return shell.attempt("ucm:topology --json");
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
