// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.chaos.ChaosProxy;
import io.ucm.chaos.Way;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;

/** Every answer of every node takes 200 ms, the replicas' stream too, and UCM may promote. */
public class LongWayFaultsIT extends ChaosContainer {

    private static final Duration HALF = Duration.ofMillis(100);

    /** A promotion alone takes 10 s: each of its steps is some answers. */
    private static final int DEADLINE_MS = 60_000;

    @Test
    public void isNoReasonToPromoteAndNoneNotTo() throws Exception {
        kit.letUcmPromote();
        Set<String> primaries = new TreeSet<>();
        assertClean(report("", DEADLINE_MS, () -> {
            for (ChaosProxy proxy : kit.proxies()) {
                proxy.slow(Way.TO_SERVER, HALF);
                proxy.slow(Way.TO_CLIENT, HALF);
            }
            for (int i = 0; i < 100; i++) {
                primaries.add(String.valueOf(kit.primary()));
                seconds(0.1);
            }
            assertTrue(kit.topology(), kit.topology().contains("\"armed\":true"));
            shell.run("embedded:kill n1");
            ContainerShell.await("another primary", kit::primary, node -> node != null && !node.equals("n1"));
            shell.run("ledger:wait --seconds 2");
        }));
        assertEquals(Set.of("n1"), primaries);
        assertTrue(kit.topology(), kit.topology().contains("\"timeline\":2,\"primary\""));
    }
}
