// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.BundleContext;

/** Another process is killed in the middle of its switchover: this container takes back what that left, and nobody notices. */
@RunWith(PaxExam.class)
public class KilledSwitchoverFaultsIT {

    private static final String ARMED = "\"promote\":{\"armed\":true,\"why\":null}";
    private static final String LEFT = "SELECT current_setting('default_transaction_read_only') || ' '"
            + " || coalesce(current_setting('ucm.switchover', true), '')";
    private static final String[] NOTHING_OF = {"failed", "unknown", "lost", "duplicated", "staleReads"};

    @Inject
    private BundleContext context;

    private ContainerShell shell;
    private DriverCluster cluster;
    private ClusterProcess other;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void underLoad() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
        cluster = DriverCluster.embedded("killed-switchover", context);
        itIsWhole();
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 1");
    }

    @After
    public void nobodyNoticed() throws Exception {
        if (other != null) {
            other.kill();
        }
        shell.run("ledger:wait --seconds 1");
        String report = shell.attempt("ledger:report --json");
        for (String figure : NOTHING_OF) {
            assertTrue(report, report.contains("\"" + figure + "\":0"));
        }
    }

    @Test
    public void whatIsReadOnlyStaysSoWhileItLivesAndNoLonger() throws Exception {
        start();
        await("it stops n1", other.said(), said -> said.contains("stands still"));
        await(
                "nobody is the primary",
                this::topology,
                json -> json.contains("by a switchover to n2 by " + other.pid() + "@"));
        // So long nothing may happen.
        Pause.of(Duration.ofSeconds(2));
        assertTrue(topology(), topology().contains("\"timeline\":1,\"primary\":null}"));
        assertTrue(left(), left().startsWith("on to n2 by " + other.pid() + "@"));

        other.kill();
        long killed = System.nanoTime();
        await("n1 is the primary", this::topology, json -> json.contains("\"timeline\":1,\"primary\":\"n1\"}"));
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
        System.err.println("KilledSwitchoverFaultsIT: taken back after " + ms + " ms");
        assertTrue(ms + " ms", ms < 5_000);
        itIsWhole();
        String report = shell.run("ucm:switchover n2 --json");
        assertTrue(report, report.contains("\"from\":\"n1\",\"to\":\"n2\""));
    }

    /**
     * Each moment between what it does to the old primary: how often the statement came before, its beginning, and what n1 has
     * then. A reload comes when the server has time for it, and may bring what was set after it was asked for.
     */
    @Test
    public void wheneverItIsKilledNothingStaysReadOnly() throws Exception {
        String[][] moments = {
            {"0", "ALTER SYSTEM SET ucm.switchover", "off "},
            {"0", "SELECT pg_reload_conf()", "off "},
            {"0", "ALTER SYSTEM SET default_transaction_read_only", "off to n2"},
            {"1", "SELECT pg_reload_conf()", "(on|off) to n2"},
            {"0", "SELECT pid FROM pg_stat_activity", "on to n2"},
            {"0", "SELECT pg_current_wal_insert_lsn()", "on to n2"},
        };
        for (String[] moment : moments) {
            start(moment[0], moment[1]);
            await(moment[1], other.said(), said -> said.contains("stands still"));
            await(moment[1], this::left, left -> left.matches(moment[2] + ".*"));
            other.kill();
            itIsWhole();
            assertTrue(topology(), topology().contains("\"timeline\":1,\"primary\":\"n1\"}"));
        }
    }

    private void start(String... at) throws Exception {
        Path folder = Files.createTempDirectory("ucm-switchover-");
        List<String> arguments = new ArrayList<>(List.of("n2"));
        arguments.addAll(List.of(at));
        other = ClusterProcess.start(SwitchingProcess.class, cluster, folder, arguments.toArray(new String[0]));
    }

    private void itIsWhole() throws Exception {
        await("n1 is as it was", this::left, "off "::equals);
        await(
                "it is armed, and all nodes are read",
                this::topology,
                json -> json.contains(ARMED) && json.split("\"readable\":true", -1).length == 4);
        assertEquals("off ", left());
    }

    /** What a new session on n1 finds there. */
    private String left() throws Exception {
        return cluster.sql("n1", LEFT);
    }

    private String topology() throws Exception {
        return shell.run("ucm:topology --json --cluster main");
    }
}
