// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.ucm.api.ConnectionManager;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.BundleContext;

/** Faults of the embedded nodes that UCM answers by a promotion, or by none. */
@RunWith(PaxExam.class)
public class PromoteFaultsIT {

    private static final String ARMED = "\"promote\":{\"armed\":true,\"why\":null}";
    private static final Pattern PRIMARY = Pattern.compile("\"epoch\":\\{[^}]*\"primary\":(?:null|\"(\\w+)\")");
    private static final String XIDS = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
    private static final int ROUNDS = 4;

    private static final String LONG_ENTRY =
            "INSERT INTO long_entry SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) i";

    /** Whether the last record that a replica has lacks its end. */
    private static final String BEGUN =
            "SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() AND (pg_last_wal_receive_lsn() - '0/0') % 8192 = 0";

    @Inject
    private BundleContext context;

    @Inject
    @Filter("(ucm.mode=ADMIN)")
    private ConnectionManager owner;

    private ContainerShell shell;
    private DriverCluster cluster;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void itIsArmed() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
        cluster = DriverCluster.embedded("promote-test", context);
        await("it is armed", this::topology, json -> json.contains(ARMED));
    }

    @Test
    public void aFrozenPrimaryIsReplacedAndGetsNoWriteWhenItGoesOn() throws Exception {
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 1");
        shell.run("embedded:freeze n1");
        await("another primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n"));
        shell.run("embedded:thaw n1");
        await("n1 answers", this::topology, json -> json.contains("which ended"));
        whoHasSeenNothingIsNotDeceived();
        shell.run("ledger:wait --seconds 1");
        String before = cluster.sql("n1", XIDS);
        shell.run("ledger:wait --seconds 2");

        assertEquals("what the zombie began", before, cluster.sql("n1", XIDS));
        assertEquals("f", cluster.sql("n1", "SELECT pg_is_in_recovery()"));
        balances();
        shell.run("embedded:rejoin n1");
        await("it is armed again", this::topology, json -> json.contains(ARMED));
    }

    /** A container that is started now finds two primaries, one of which is right. */
    private void whoHasSeenNothingIsNotDeceived() throws Exception {
        ClusterProcess fresh =
                ClusterProcess.start(PromotingProcess.class, cluster, Files.createTempDirectory("ucm-fresh-"), "0");
        try {
            await("it finds the new primary", fresh.said(), text -> text.contains(" 2 "));
            String said = fresh.said().call();
            assertTrue(said, said.lines().noneMatch(line -> line.startsWith("n1 ")));
        } finally {
            fresh.kill();
        }
    }

    @Test
    public void aSecondFaultIsRefusedUntilItIsForced() throws Exception {
        shell.run("embedded:kill n1");
        await("another primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n"));
        await("not armed", this::topology, json -> json.contains("\"armed\":false"));
        String second = primary();
        String third = second.equals("n2") ? "n3" : "n2";
        shell.run("embedded:kill " + second);
        await("no primary", this::topology, json -> primary(json) == null);

        pause(1_500);
        assertEquals("t", cluster.sql(third, "SELECT pg_is_in_recovery()"));
        String refused = shell.attempt("ucm:failover");
        assertTrue(refused, refused.contains("not done: "));
        await("it says so", this::topology, json -> json.contains("; nobody is promoted: "));

        String forced = shell.run("ucm:failover --force --json");
        assertTrue(
                forced, forced.contains("\"action\":\"promoted\",\"lost\":\"" + second + "\",\"primary\":\"" + third));
        assertTrue(forced, forced.contains("\"timeline\":3,\"forced\":true"));
        assertFalse(forced, forced.contains("\"possibleLoss\":[]"));
        await(
                "it waits for a standby",
                this::topology,
                json -> json.contains("waits for 1 of its standbys, and 0 stream"));
        shell.run("embedded:rejoin n1");
        await("it is the primary", this::topology, json -> third.equals(primary(json)));
    }

    @Test
    public void aRecordThatIsOnlyBegunDoesNoHarm() throws Exception {
        int before = ContainerShell.log().length();
        try (Connection writer = beginARecord()) {
            shell.run("embedded:kill n1");
            await("another primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n"));
        }
        String log = ContainerShell.log().substring(before);
        assertFalse(log, log.contains("all that is cached is dropped"));
    }

    /** Of what nobody commits, a server writes and sends whole pages; its background writer would end them now and then. */
    private Connection beginARecord() throws Exception {
        String snapshots =
                cluster.sql("n1", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'");
        ChaosKit.signal("STOP", snapshots);
        Connection writer = owner.dataSource().getConnection();
        writer.setAutoCommit(false);
        execute(writer, "CREATE TABLE long_entry (text text)");
        await(
                "the replicas have a part of a record",
                () -> {
                    execute(writer, LONG_ENTRY);
                    pause(500);
                    return cluster.sql("n2", BEGUN) + cluster.sql("n3", BEGUN);
                },
                "tt"::equals);
        return writer;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * What was sent acts late: until then nobody else is promoted, although n2 would be the first choice. Its part of a record
     * does not keep n2 from following n3, which goes on without it.
     */
    @Test
    public void whileAPromotionIsPendingNobodyElseIsPromoted() throws Exception {
        String replayer = cluster.sql("n3", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'");
        ChaosKit.signal("STOP", replayer);
        try (Connection writer = beginARecord()) {
            cluster.sql("n3", "SELECT pg_promote(false)");
            shell.run("embedded:kill n1");
            await("no primary", this::topology, json -> primary(json) == null);
            pause(3_000);
            assertEquals("t", cluster.sql("n2", "SELECT pg_is_in_recovery()"));
            assertEquals("t", cluster.sql("n2", BEGUN));
        } finally {
            ChaosKit.signal("CONT", replayer);
        }
        await("n3 is the primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n3\""));
        assertEquals("t", cluster.sql("n2", "SELECT pg_is_in_recovery()"));
    }

    /** After its recovery it has received nothing, and it has all that it had confirmed. */
    @Test
    public void aReplicaThatCrashesWithThePrimaryLosesNothing() throws Exception {
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 1");
        String process = cluster.sql("n2", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
        shell.run("embedded:kill n1");
        ChaosKit.signal("KILL", process);
        await("another primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n"));
        shell.run("ledger:wait --seconds 1");

        balances();
    }

    @Test
    public void bothReplicasLostChangeNothing() throws Exception {
        shell.run("embedded:kill n2");
        shell.run("embedded:kill n3");
        await("no writes", this::topology, json -> primary(json) == null);
        assertTrue(topology(), topology().contains("waits for 1 of its standbys, and 0 stream"));
        String refused = shell.attempt("ucm:failover --force");
        assertTrue(refused, refused.contains("is a primary that can be reached"));

        shell.run("embedded:rejoin n2");
        await("n1 takes writes again", this::topology, json -> "n1".equals(primary(json)));
        await("n3 is missed", this::topology, json -> json.contains("\"armed\":false,\"why\":\"n3"));
    }

    @Test
    public void aSettingThatIsChangedBehindItsBackDisarms() throws Exception {
        cluster.sql("n1", "ALTER SYSTEM SET synchronous_standby_names = ''");
        cluster.sql("n1", "SELECT pg_reload_conf()");
        await("not armed", this::topology, json -> json.contains("synchronous_standby_names is ''"));
        shell.run("embedded:kill n1");
        await("no primary", this::topology, json -> primary(json) == null);

        pause(1_500);
        assertEquals("t", cluster.sql("n2", "SELECT pg_is_in_recovery()"));
        assertEquals("t", cluster.sql("n3", "SELECT pg_is_in_recovery()"));
        String refused = shell.attempt("ucm:failover");
        assertTrue(refused, refused.contains("synchronous_standby_names is ''"));
        String forced = shell.run("ucm:failover --force");
        assertTrue(forced, forced.contains("possible loss: "));
        await("another primary", this::topology, json -> json.contains("\"timeline\":2,\"primary\":\"n"));
    }

    @Test
    public void aContainerThatIsCutOffFromThePrimaryDoesNotPromote() throws Exception {
        ManualPromotion.onlyByHand(context);
        AtomicReference<Topology> last = new AtomicReference<>();
        TopologyWatcher watcher = context.getService(context.getServiceReference(TopologyWatcher.class));
        try (TopologyWatch watch = watcher.watch(cluster.promoting(), last::set)) {
            await("armed", () -> String.valueOf(last.get()), text -> text.contains("armed=true"));
            cluster.cutOff("n1");
            // As a network that drops: what is open is ended, and nothing new can be opened.
            new ManualPromotion(
                            context,
                            context.getService(
                                    context.getServiceReference(org.osgi.service.cm.ConfigurationAdmin.class)))
                    .endSessionsOfWatches("n1");
            await(
                    "no primary",
                    () -> String.valueOf(last.get()),
                    text -> text.contains("primary=null") && text.contains("still receives from"));
            pause(2_000);
            assertNotNull(watch);
        }
        assertEquals("t", cluster.sql("n2", "SELECT pg_is_in_recovery()"));
        assertEquals("t", cluster.sql("n3", "SELECT pg_is_in_recovery()"));
    }

    /** With pauses at random points, some longer than a lock is kept, and one of the processes killed in the middle. */
    @Test
    public void threeProcessesMakeExactlyOnePromotion() throws Exception {
        ManualPromotion.onlyByHand(context);
        long seed = Long.getLong("ucm.test.seed", System.nanoTime());
        System.err.println("PromoteFaultsIT: -Ducm.test.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 1; round <= ROUNDS; round++) {
            exactlyOne(random, round);
        }
    }

    private void exactlyOne(Random random, int round) throws Exception {
        List<ClusterProcess> processes = new ArrayList<>();
        Path folder = Files.createTempDirectory("ucm-promote-");
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(ClusterProcess.start(
                        PromotingProcess.class, cluster, folder.resolve("p" + i), Long.toString(random.nextLong())));
            }
            for (int i = 0; i < 3; i++) {
                await("armed", processes.get(i).said(), text -> text.strip().endsWith("armed"));
            }
            String old = primary();
            shell.run("embedded:kill " + old);
            pause(random.nextInt(250));
            int killed = random.nextInt(3);
            processes.get(killed).kill();
            for (int i = 0; i < 3; i++) {
                if (i != killed) {
                    await("a new primary", processes.get(i).said(), text -> text.lines()
                            .reduce("", (first, second) -> second)
                            .matches("n\\d " + (round + 1) + " .*"));
                }
            }
            List<String> primaries = new ArrayList<>();
            for (String node : List.of("n1", "n2", "n3")) {
                if (!node.equals(old)
                        && cluster.sql(node, "SELECT pg_is_in_recovery()").equals("f")) {
                    primaries.add(node);
                }
            }
            assertEquals("round " + round + ": " + primaries, 1, primaries.size());
            assertEquals(
                    "2",
                    cluster.sql(
                            primaries.get(0),
                            "SELECT count(*) + 1 FROM pg_stat_replication WHERE state = 'streaming'"));
            shell.run("embedded:rejoin " + old);
            await("all are there", this::topology, json -> json.split("\"readable\":true", -1).length == 4);
        } finally {
            for (ClusterProcess process : processes) {
                process.kill();
            }
        }
    }

    private void balances() throws Exception {
        String report = shell.run("ledger:report --json");
        assertTrue(report, report.contains(ServingContainer.NOTHING_LOST));
    }

    private String topology() throws Exception {
        return shell.run("ucm:topology --json --cluster main");
    }

    private String primary() throws Exception {
        return primary(topology());
    }

    /** Null when there is none. */
    private static String primary(String json) {
        Matcher primary = PRIMARY.matcher(json);
        assertTrue(json, primary.find());
        return primary.group(1);
    }

    /** So long nothing may happen. */
    private static void pause(long ms) {
        Pause.of(Duration.ofMillis(ms));
    }
}
