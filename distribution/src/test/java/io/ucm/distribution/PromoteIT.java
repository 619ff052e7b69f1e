// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.api.ConnectionManager;
import java.sql.Statement;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.BundleContext;

/** The primary of the embedded nodes is killed under load: UCM promotes a replica, and no acknowledged write is lost. */
@RunWith(PaxExam.class)
public class PromoteIT {

    private static final long LIMIT_MS = 10_000;

    @Inject
    private BundleContext context;

    @Inject
    @Filter("(ucm.mode=ASYNC_MODERN)")
    private ConnectionManager manager;

    private ContainerShell shell;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Test
    public void aKilledPrimaryIsReplacedUnderLoad() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready");
        await("it is armed", this::topology, json -> json.contains("\"promote\":{\"armed\":true,\"why\":null}"));
        assertTrue(refusal(), refusal().contains("n1 is the primary, and answers"));
        shell.run("ledger:start --clients 16 --deadline-ms 20000");
        shell.run("ledger:wait --seconds 2");

        shell.run("embedded:kill primary");
        long killed = System.nanoTime();
        long writable = firstWriteAfter(killed);
        System.err.println("PromoteIT: the first write was acknowledged " + writable + " ms after the kill");
        await("another primary", this::topology, json -> json.matches(".*\"timeline\":2,\"primary\":\"n[23]\"}.*"));
        shell.run("ledger:wait --seconds 1");

        String report = shell.run("ledger:report --json");
        assertTrue(report, report.contains(ServingContainer.NOTHING_LOST));
        assertTrue(report, Long.parseLong(report.replaceAll("(?s).*\"acknowledged\":(\\d+).*", "$1")) > 100);
        assertEquals("1 lost of 3", 1, topology().split("\"state\":\"DOWN\"", -1).length - 1);

        shell.run("embedded:rejoin n1");
        await("it is armed again", this::topology, json -> json.contains("\"promote\":{\"armed\":true,\"why\":null}"));
    }

    private String refusal() {
        return shell.attempt("ucm:failover");
    }

    /** In ms. */
    private long firstWriteAfter(long begin) {
        while (true) {
            try {
                manager.write(connection -> {
                            try (Statement statement = connection.createStatement()) {
                                return statement.executeUpdate("CREATE TABLE IF NOT EXISTS promoted (n int)");
                            }
                        })
                        .toCompletableFuture()
                        .join();
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            } catch (CompletionException e) {
                if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) > LIMIT_MS) {
                    throw e;
                }
            }
        }
    }

    private String topology() throws Exception {
        return shell.run("ucm:topology --json");
    }
}
