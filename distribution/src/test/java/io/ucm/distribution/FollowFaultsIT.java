// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.chaos.ChaosProxy;
import org.junit.Test;

/** The primary is killed, and somebody else promotes a replica, at once or when it pleases them: no caller notices. */
public class FollowFaultsIT extends ChaosContainer {

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

    private void killAndPromote(int afterSeconds) throws Exception {
        shell.run("embedded:kill primary");
        seconds(afterSeconds);
        kit.orchestrator().catchUp("n2", "n3");
        kit.orchestrator().promote("n2");
        kit.orchestrator().follow("n3", "n2");
        ContainerShell.await("n2 is the primary", kit::primary, "n2"::equals);
        shell.run("ledger:wait --seconds 2");
        shell.run("embedded:rejoin n1");
        kit.awaitAllUp();
    }
}
