// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

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
