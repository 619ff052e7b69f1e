// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.chaos.ChaosProxy;
import io.ucm.chaos.Way;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.Test;

/** What long ways between UCM and its nodes change, and what they don't. */
public class LongWayFaultsIT extends ChaosContainer {

    private static final Duration HALF = Duration.ofMillis(100);

    /** A promotion alone takes 10 s: each of its steps is some answers. */
    private static final int DEADLINE_MS = 60_000;

    /** Every answer of every node takes 200 ms, the replicas' stream too, and UCM may promote. */
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

    @Test
    public void theReplicaAtTheEndOfALongWayIsReadOnlyWhereTheOtherOneIsFull() throws Exception {
        kit.proxy("n3").slow(Way.TO_CLIENT, Duration.ofMillis(20));
        ContainerShell.await("n3 is far", kit::topology, LongWayFaultsIT::isN3Far);
        // Both pools are open.
        ContainerShell.await("both replicas are read", () -> readAt(64), Set.of("n2", "n3")::equals);

        ContainerShell.await("only the near one is read", () -> readAt(1), Set.of("n2")::equals);

        kit.proxy("n3").slow(Way.TO_CLIENT, Duration.ZERO);
        ContainerShell.await("n3 is near", kit::topology, topology -> !isN3Far(topology));
        ContainerShell.await("both replicas are read", () -> readAt(1), Set.of("n2", "n3")::equals);
    }

    private static boolean isN3Far(String topology) {
        return topology.matches(".*\"id\":\"n3\"[^}]*\"distance\":\"FAR\".*");
    }

    /** The nodes that serve 50 rounds of so many reads at once. */
    private Set<String> readAt(int atOnce) {
        Set<String> nodes = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            List<CompletableFuture<String>> reads = new ArrayList<>();
            for (int read = 0; read < atOnce; read++) {
                reads.add(manager.read(LongWayFaultsIT::node).toCompletableFuture());
            }
            reads.forEach(read -> nodes.add(read.join()));
        }
        return nodes;
    }

    private static String node(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SHOW cluster_name")) {
            found.next();
            return found.getString(1);
        }
    }
}
