// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.chaos.ChaosProxy;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    public void whoPromotesAtOnceIsFollowed() throws Exception {
        assertNobodyNotices(() -> killAndPromote(0));
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
        set("SET synchronous_standby_names = ''", "n1", "n2", "n3");
        Map<String, String> figures = report("", 20_000, () -> {
            kit.orchestrator().follow("n2", NOBODY);
            kit.orchestrator().follow("n3", NOBODY);
            seconds(1);
            shell.run("embedded:kill primary");
            promote();
            set("RESET synchronous_standby_names", "n2", "n3");
            rejoin();
        });

        for (String wrong : List.of("failed", "unknown", "duplicated")) {
            assertEquals(wrong + ": " + figures, "0", figures.get(wrong));
        }
        assertNotEquals("of a second of writes: " + figures, "0", figures.get("lost"));
        String log = Files.readString(Path.of(System.getProperty("ucm.instance"), "log", "ucm.log"));
        assertTrue(
                log,
                log.contains("bytes are lost, with what was committed there, unless commits waited for a standby"));
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
