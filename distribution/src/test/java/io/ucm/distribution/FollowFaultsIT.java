// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.api.CacheRegion;
import io.ucm.api.Codec;
import io.ucm.chaos.ChaosProxy;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/**
 * The primary is killed, and somebody else promotes a replica, at once or when it pleases them: no caller notices where commits
 * wait for a standby.
 */
public class FollowFaultsIT extends ChaosContainer {

    /** No server listens there. */
    private static final int NOBODY = 1;

    private static final String DROPPED = "all that is cached is dropped";

    @Test
    public void whoPromotesAtOnceIsFollowed() throws Exception {
        int before = ContainerShell.log().length();
        assertNobodyNotices(() -> killAndPromote(0));
        String log = ContainerShell.log().substring(before);
        assertFalse("nothing was lost: " + log, log.contains(DROPPED));
    }

    @Test
    public void whoPromotesASecondLaterIsFollowed() throws Exception {
        assertNobodyNotices(() -> killAndPromote(1));
    }

    @Test
    public void whoPromotesTwelveSecondsLaterIsFollowed() throws Exception {
        assertNobodyNotices(() -> killAndPromote(12));
    }

    /** Some were committed, on a replica too, and nobody was told so before the primary was gone. */
    @Test
    public void answersOfCommitsAreLostAndThenThePrimaryIs() throws Exception {
        assertNobodyNotices(() -> {
            int before = kit.proxy("n1").lostCommits();
            kit.proxy("n1").loseCommits(10, ChaosProxy.Then.SILENCE);
            ContainerShell.await("ten are lost", () -> kit.proxy("n1").lostCommits() - before, lost -> lost == 10);
            killAndPromote(0);
        });
    }

    /** Where commits wait for nobody, what was acknowledged may be lost: that is said, and nothing is done twice. */
    @Test
    public void whatAnAsynchronousPrimaryLosesIsToldAndNothingIsDoneTwice() throws Exception {
        int before = ContainerShell.log().length();
        set("SET synchronous_standby_names = ''", "n1", "n2", "n3");
        write("CREATE TABLE cached (value text)");
        write("INSERT INTO cached VALUES ('old')");
        String written = kit.sql("n1", "SELECT pg_current_wal_flush_lsn()");
        for (String replica : List.of("n2", "n3")) {
            kit.await("t", replica, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'");
        }
        Map<String, String> figures = report("", 20_000, () -> {
            kit.orchestrator().follow("n2", NOBODY);
            kit.orchestrator().follow("n3", NOBODY);
            kit.await("0", "n1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'");
            write("UPDATE cached SET value = 'new'");
            assertEquals("new", cached());
            seconds(1);
            shell.run("embedded:kill primary");
            promote();
            ContainerShell.await("what was lost is not read any more", this::cached, "old"::equals);
            set("RESET synchronous_standby_names", "n2", "n3");
            rejoin();
        });

        for (String wrong : List.of("failed", "unknown", "duplicated")) {
            assertEquals(wrong + ": " + figures, "0", figures.get(wrong));
        }
        assertNotEquals("of a second of writes: " + figures, "0", figures.get("lost"));
        String log = ContainerShell.log().substring(before);
        assertTrue(log, log.contains(DROPPED));
        assertTrue(
                log,
                log.contains("bytes are lost, with what was committed there, unless commits waited for a standby"));
    }

    private String cached() {
        return manager.cache(CacheRegion.of("lost", Codec.TEXT))
                .get("it", (connection, key) -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet found = statement.executeQuery("SELECT value FROM cached")) {
                        found.next();
                        return found.getString(1);
                    }
                })
                .toCompletableFuture()
                .join();
    }

    private void write(String sql) {
        manager.write(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute(sql);
                    }
                })
                .toCompletableFuture()
                .join();
    }

    private void set(String setting, String... nodes) throws Exception {
        for (String node : nodes) {
            kit.sql(node, "ALTER SYSTEM " + setting);
            kit.sql(node, "SELECT pg_reload_conf()");
        }
    }

    private void killAndPromote(int afterSeconds) throws Exception {
        shell.run("embedded:kill primary");
        seconds(afterSeconds);
        promote();
        rejoin();
    }

    private void promote() throws Exception {
        kit.orchestrator().catchUp("n2", "n3");
        kit.orchestrator().promote("n2");
        kit.orchestrator().follow("n3", "n2");
        ContainerShell.await("n2 is the primary", kit::primary, "n2"::equals);
        shell.run("ledger:wait --seconds 2");
    }

    private void rejoin() throws Exception {
        shell.run("embedded:rejoin n1");
        kit.awaitAllUp();
    }
}
