// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.osgi.service.cm.Configuration;

/** What the modes say is in force on the server, for all five, for changed ones and for further ones. */
public class ModesIT extends ServingContainer {

    /** Per mode: statement, lock and idle-in-transaction timeout, access, role. */
    private static final Map<String, List<String>> MODES = Map.of(
            "MCP_SERVER", List.of("150 ms", "10 s", "300 s", "READ_ONLY", "mcp_server"),
            "ML_TRAINING", List.of("none", "none", "none", "READ_WRITE", "ml_training"),
            "ADMIN", List.of("none", "none", "none", "READ_WRITE", "admin"),
            "ASYNC_MODERN", List.of("5 s", "10 s", "300 s", "READ_WRITE", "async_modern"),
            "HIGH_AVAILABILITY", List.of("10 s", "10 s", "300 s", "READ_WRITE", "high_availability"));

    private static final List<String> SETTINGS = List.of(
            "statement.timeout.ms", "lock.timeout.ms", "idle.in.transaction.timeout.ms", "default.access", "user");

    @Test
    public void eachModesValuesAreInForceOnTheServer() throws Exception {
        for (String mode : MODES.keySet()) {
            String report = pool(mode);
            for (int i = 0; i < SETTINGS.size(); i++) {
                String value = MODES.get(mode).get(i);
                assertTrue(
                        report, report.contains("{\"name\":\"" + SETTINGS.get(i) + "\",\"value\":\"" + value + "\""));
                assertEquals(report, value, onServer(report, SETTINGS.get(i)));
            }
            assertEquals("ucm/main/" + mode, onServer(report, "application_name"));
            assertEquals("UTC", onServer(report, "TimeZone"));
            assertEquals("on", onServer(report, "synchronous_commit"));
            assertTrue(
                    report,
                    report.contains("\"name\":\"lock.timeout.ms\",\"value\":\""
                            + MODES.get(mode).get(1) + "\",\"from\":\"mode " + mode + "\""));
            String table = shell.run("ucm:pool " + mode);
            assertTrue(table, table.contains("on the server (n"));
            assertFalse(table, table.contains("differs"));
        }
    }

    /** On the primary, in a transaction that its user has made read-write. */
    @Test
    public void theRoleOfMcpServerWritesNothingWhateverTheSessionSays() throws Exception {
        join(manager("ADMIN"), "CREATE TABLE guarded (a int)");
        for (String write : List.of(
                "CREATE TABLE mine (a int)",
                "CREATE TEMPORARY TABLE mine (a int)",
                "INSERT INTO guarded VALUES (1)",
                "UPDATE guarded SET a = 2",
                "DELETE FROM guarded",
                "TRUNCATE guarded",
                "SELECT lo_creat(-1)")) {
            assertEquals(write, "42501", refusal(write));
        }
    }

    @Test
    public void whatTheConfigurationSaysArrivesAndIsNamed() throws Exception {
        String pid = "io.ucm.mode~main-ADMIN";
        Configuration configuration = admin.listConfigurations("(service.pid=" + pid + ")")[0];
        Dictionary<String, Object> before = configuration.getProperties();
        Dictionary<String, Object> changed = configuration.getProperties();
        changed.put("statement.timeout.ms", 7_500);
        changed.put("acquire.timeout.ms", 9_000);
        changed.put("priority", "LOW");
        configuration.update(changed);

        await("the server has it", () -> pool("ADMIN"), report -> "7500 ms"
                .equals(onServer(report, "statement.timeout.ms")));
        String report = pool("ADMIN");
        for (String setting : List.of(
                "{\"name\":\"statement.timeout.ms\",\"value\":\"7500 ms\",\"from\":\"" + pid + "\"",
                "{\"name\":\"acquire.timeout.ms\",\"value\":\"9 s\",\"from\":\"" + pid + "\"",
                "{\"name\":\"priority\",\"value\":\"LOW\",\"from\":\"" + pid + "\"",
                "{\"name\":\"user\",\"value\":\"" + before.get("user") + "\",\"from\":\"" + pid + "\"",
                "{\"name\":\".password\",\"value\":\"***\",\"from\":\"" + pid + "\"",
                "{\"name\":\"lock.timeout.ms\",\"value\":\"none\",\"from\":\"mode ADMIN\"")) {
            assertTrue(report, report.contains(setting));
        }

        configuration.update(before);
        await("all is as before", () -> pool("ADMIN"), again -> "none".equals(onServer(again, "statement.timeout.ms")));
    }

    /** It is a manager like any other. */
    @Test
    public void aFurtherModeIsMadeByConfiguration() throws Exception {
        Dictionary<String, Object> base =
                admin.listConfigurations("(service.pid=io.ucm.mode~main-ML_TRAINING)")[0].getProperties();
        Configuration further = admin.getFactoryConfiguration("io.ucm.mode", "reports", "?");
        further.update(new Hashtable<>(Map.of(
                "cluster",
                "main",
                "mode",
                "REPORTS_2",
                "based.on",
                "ML_TRAINING",
                "user",
                base.get("user"),
                ".password",
                base.get(".password"),
                "lock.timeout.ms",
                4_000)));
        await("it is there", () -> shell.run("ucm:status --json"), status -> status.contains("\"REPORTS_2\""));
        shell.run("ucm:ready --seconds 30");

        String report = pool("REPORTS_2");
        assertEquals(report, "4 s", onServer(report, "lock.timeout.ms"));
        assertEquals(report, "none", onServer(report, "statement.timeout.ms"));
        assertEquals(report, "ucm/main/REPORTS_2", onServer(report, "application_name"));
        assertTrue(report, report.contains("\"from\":\"mode REPORTS_2 (based on ML_TRAINING)\""));
        String ledger = shell.run("ledger:run --seconds 1 --clients 4 --mode REPORTS_2 --json");
        assertTrue(ledger, ledger.contains("\"failed\":0,"));

        further.delete();
        await("it is gone", () -> shell.run("ucm:status --json"), status -> !status.contains("\"REPORTS_2\""));
    }

    private String refusal(String write) throws Exception {
        try {
            manager("MCP_SERVER")
                    .read(
                            connection -> {
                                try (Statement statement = connection.createStatement()) {
                                    statement.execute("SET TRANSACTION READ WRITE");
                                    return statement.execute(write);
                                }
                            },
                            CallOptions.DEFAULT.withAccess(Access.READ_WRITE).withDeadline(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            return "written";
        } catch (ExecutionException e) {
            return ((SQLException) e.getCause()).getSQLState();
        }
    }

    private static void join(ConnectionManager manager, String sql) throws Exception {
        manager.write(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute(sql);
                    }
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private String pool(String mode) throws Exception {
        return shell.run("ucm:pool --json " + mode);
    }

    /** What the report says that the server says. */
    private static String onServer(String report, String setting) {
        return report.replaceFirst(".*\\{\"name\":\"" + setting + "\",[^}]*\"onServer\":\"?([^\"}]*)\"?}.*", "$1");
    }

    private ConnectionManager manager(String mode) throws Exception {
        return context.getService(context.getServiceReferences(ConnectionManager.class, "(ucm.mode=" + mode + ")")
                .iterator()
                .next());
    }
}
