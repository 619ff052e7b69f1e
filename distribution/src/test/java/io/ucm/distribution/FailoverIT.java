// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
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
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** A primary is lost under load and somebody else promotes another one: the managers follow. */
@RunWith(PaxExam.class)
public class FailoverIT {

    private static final Pattern EPOCH = Pattern.compile("\"epoch\":\\{[^}]*\"primary\":(?:null|\"(\\w+)\")");

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin admin;

    @Inject
    @Filter("(ucm.mode=ASYNC_MODERN)")
    private ConnectionManager manager;

    private ContainerShell shell;
    private ManualPromotion promotion;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everythingIsThere() throws Exception {
        shell = new ContainerShell(context);
        promotion = new ManualPromotion(context, admin);
        shell.run("ucm:ready");
        ManualPromotion.onlyByHand(context);
        await("three nodes are up", this::topology, json -> json.split("\"state\":\"UP\"", -1).length == 4);
    }

    @Test
    public void theLedgerGoesOnWhereSomebodyElsePromotes() throws Exception {
        readsAreServedByReplicas();
        shell.run("ledger:start --clients 16 --deadline-ms 30000");
        shell.run("ledger:wait --seconds 2");

        shell.run("embedded:kill primary");
        await("there is no primary", this::topology, json -> primary(json) == null);
        promotion.catchUp("n2", "n3");
        promotion.promote("n2");
        assertEquals("without a standby it takes no write", null, primary(topology()));
        promotion.follow("n3", "n2");
        await("n2 is the primary", this::topology, json -> "n2".equals(primary(json)));

        writesGoTo("n2");
        shell.run("ledger:wait --seconds 2");
        // Fails when anything failed, is unknown, lost or doubled.
        shell.run("ledger:report --json");

        theLastPrimaryStaysWithoutHa();

        shell.run("embedded:rejoin n1");
        await(
                "n1 is a replica",
                () -> shell.run("ucm:topology --json"),
                text -> text.matches(".*\\{\"id\":\"n1\",\"role\":\"REPLICA\",\"state\":\"UP\",\"timeline\":2.*"));
        shell.run("ledger:run --seconds 1 --clients 8");
    }

    private void readsAreServedByReplicas() throws Exception {
        Set<Boolean> recovering = new HashSet<>();
        await(
                "a replica serves reads",
                () -> {
                    recovering.add(manager.read(connection -> bool(connection, "SELECT pg_is_in_recovery()"))
                            .toCompletableFuture()
                            .join());
                    return recovering.toString();
                },
                text -> text.contains("true"));
        CallOptions newest = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);
        assertEquals(
                false,
                manager.read(connection -> bool(connection, "SELECT pg_is_in_recovery()"), newest)
                        .toCompletableFuture()
                        .join());
    }

    /** The configuration still says n1. */
    private void theLastPrimaryStaysWithoutHa() throws Exception {
        Bundle ha = bundle("io.ucm.ha");
        ha.stop();
        writesGoTo("n2");
        ha.start();
        await("n2 is the primary again", this::topology, json -> "n2".equals(primary(json)));
        writesGoTo("n2");
    }

    private void writesGoTo(String node) throws Exception {
        int port = promotion.port(node);
        assertEquals(port, (int) manager.write(connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet result = statement.executeQuery("SELECT inet_server_port()")) {
                        result.next();
                        return result.getInt(1);
                    }
                })
                .toCompletableFuture()
                .join());
    }

    private static boolean bool(java.sql.Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getBoolean(1);
        }
    }

    private String topology() throws Exception {
        return shell.run("ucm:topology --json");
    }

    /** Null when there is none. */
    private static String primary(String json) {
        Matcher primary = EPOCH.matcher(json);
        assertTrue(json, primary.find());
        return primary.group(1);
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }
}
