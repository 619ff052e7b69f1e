// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.BundleContext;

/** Roles are exchanged by plan under load, and back. */
@RunWith(PaxExam.class)
public class SwitchoverIT {

    @Inject
    private BundleContext context;

    private ContainerShell shell;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everythingIsThere() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
        threeNodesAreReadable();
    }

    @Test
    public void noCallerFailsWhileRolesAreExchangedAndBack() throws Exception {
        refused("ucm:switchover n4", "unknown NODE 'n4'; allowed: [n1, n2, n3]");
        refused("ucm:switchover n1", "n1 is the primary already");
        refused("ucm:switchover", "expected one NODE, got 0");
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 1");

        int before = ContainerShell.log().length();
        exchanged(shell.run("ucm:switchover n2 --json"), "n1", "n2");
        primaryIs("n2", 2);
        assertFalse(
                "nothing was lost", ContainerShell.log().substring(before).contains("all that is cached is dropped"));
        threeNodesAreReadable();
        shell.run("ledger:wait --seconds 1");
        exchanged(shell.run("ucm:switchover n1 --json"), "n2", "n1");
        primaryIs("n1", 3);
        shell.run("ledger:wait --seconds 1");

        String report = shell.attempt("ledger:report --json");
        for (String figure : new String[] {"failed", "unknown", "lost", "duplicated", "staleReads"}) {
            assertEquals(report, 0, number(report, figure));
        }
        assertTrue(report, number(report, "acknowledged") > 100);
        threeNodesAreReadable();
        String table = shell.run("ucm:switchover n3");
        assertTrue(table, table.startsWith("cluster main: n3 is the primary, n1 is its standby (streams)\n"));
        assertTrue(table, table.contains("nobody took writes for "));
    }

    private void refused(String command, String why) {
        String said = shell.attempt(command);
        assertTrue(said, said.contains(why));
    }

    private static void exchanged(String report, String from, String to) {
        assertTrue(
                report, report.startsWith("{\"cluster\":\"main\",\"from\":\"%s\",\"to\":\"%s\",".formatted(from, to)));
        assertTrue(report, report.contains("\"oldCameBack\":\"streams\""));
        assertTrue(report, number(report, "pauseMs") > 0);
        assertTrue(report, number(report, "pauseMs") <= number(report, "totalMs"));
        assertTrue(report, number(report, "pauseMs") < 5000);
    }

    private static int number(String json, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        assertTrue(json, figure.find());
        return Integer.parseInt(figure.group(1));
    }

    private void primaryIs(String node, int timeline) throws Exception {
        String json = topology();
        assertTrue(json, json.contains("\"timeline\":%d,\"primary\":\"%s\"}".formatted(timeline, node)));
    }

    private void threeNodesAreReadable() throws Exception {
        await("three nodes are readable", this::topology, json -> json.split("\"readable\":true", -1).length == 4);
    }

    private String topology() throws Exception {
        return shell.run("ucm:topology --json");
    }
}
