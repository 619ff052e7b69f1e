// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthReport;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.nio.file.Files;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;

/** Health, metrics, validation and the audit, on the embedded servers. */
public class HealthIT extends ServingContainer {

    private static final List<String> ROLES = List.of(
            "role main/ADMIN",
            "role main/ASYNC_MODERN",
            "role main/HIGH_AVAILABILITY",
            "role main/MCP_SERVER",
            "role main/ML_TRAINING");

    private static final String CHECK = "org.apache.felix.hc.api.HealthCheck";

    @Test
    public void everyRoleIsAskedAndWell() throws Exception {
        String health = shell.run("ucm:health --json");

        assertTrue(health, health.startsWith("{\"status\":\"OK\",\"components\":["));
        assertEquals(ROLES, roles(health));
        assertTrue(
                health, health.matches(".*\"figures\":\\{\"ageMs\":\\d+,\"answerMs\":\\d+}}.*],\"elapsedMs\":\\d+}"));
    }

    @Test
    public void aWorkloadsTableMakesNoReaderAWriter() throws Exception {
        shell.run("ledger:run --mode MCP_SERVER --seconds 1 --clients 4");
        shell.run("ledger:run --seconds 1 --clients 4");
        shell.run("catalog:list");

        await("every role is well", () -> shell.attempt("ucm:health --json"), health -> roles(health)
                .equals(ROLES));
    }

    @Test
    public void whatIsConfiguredIsValid() throws Exception {
        String validation = shell.run("ucm:validate --json");

        assertTrue(validation, validation.startsWith("{\"valid\":true,\"status\":\"OK\",\"checks\":["));
        assertEquals(ROLES, roles(validation));
        assertTrue(validation, validation.contains("\"name\":\"PIDs\""));
    }

    @Test
    public void aReadOnlyModeWhoseRoleCouldWriteIsWarnedOf() throws Exception {
        Configuration mode = admin.listConfigurations("(service.pid=io.ucm.mode~main-ML_TRAINING)")[0];
        Dictionary<String, Object> before = mode.getProperties();
        Dictionary<String, Object> changed = mode.getProperties();
        changed.put("default.access", "READ_ONLY");
        mode.update(changed);
        try {
            await(
                    "the role is named",
                    () -> shell.attempt("ucm:health --json"),
                    health -> health.contains("\"name\":\"role main/ML_TRAINING\",\"status\":\"WARN\",\"reason\":"
                            + "\"role 'ml_training' could write although the mode is read-only: "
                            + "it is a member of pg_write_all_data"));
        } finally {
            mode.update(before);
        }
        await(
                "all is well",
                () -> shell.attempt("ucm:health --json"),
                health -> health.startsWith("{\"status\":\"OK\""));
    }

    @Test
    public void theMonitorReportsOneManager() throws Exception {
        HealthReport report =
                monitor().check("main", "MCP_SERVER").toCompletableFuture().get(5, TimeUnit.SECONDS);

        List<String> roles = report.components().stream()
                .map(HealthComponent::name)
                .filter(name -> name.startsWith("role "))
                .toList();
        assertEquals(List.of("role main/MCP_SERVER"), roles);
        assertEquals(HealthStatus.OK, report.status());
    }

    @Test
    public void felixFindsTheChecksByTheirTags() throws Exception {
        String ready = shell.run("hc:exec systemready");
        assertTrue(ready, ready.contains("UCM roles") && ready.contains("role main/MCP_SERVER"));
        assertTrue(ready, ready.contains("UCM pools") && ready.contains("UCM nodes"));
        assertFalse(ready, ready.contains("UCM redis"));

        String alive = shell.run("hc:exec systemalive");
        assertFalse(alive, alive.contains("UCM "));
    }

    @Test
    public void withoutFelixsExecutorTheCommandsRunTheChecksThemselves() throws Exception {
        Bundle felix = bundle("org.apache.felix.healthcheck.core");
        felix.stop();
        try {
            everyRoleIsAskedAndWell();
            whatIsConfiguredIsValid();
        } finally {
            felix.start();
        }
        await("the executor is back", () -> shell.run("hc:exec ucm"), result -> result.contains("UCM roles"));
    }

    @Test
    public void whatHasEndedIsMeasured() throws Exception {
        NodeAddress node = new NodeAddress("n9", "measured.example", 5432);
        monitor().ended(new Operation("main", "ADMIN", "write", node, 2_500_000_000L, 500_000_000L, "40001"));

        String metrics = shell.run("ucm:metrics --json db.client.operation");
        String measured = "{\"name\":\"db.client.operation.duration\",\"type\":\"timer\",\"tags\":{"
                + "\"db.namespace\":\"main\",\"db.operation.name\":\"write\",\"db.system.name\":\"postgresql\","
                + "\"error.type\":\"40001\",\"server.address\":\"measured.example\",\"server.port\":\"5432\","
                + "\"ucm.mode\":\"ADMIN\"},\"values\":{\"count\":1,\"sum\":2.5,\"max\":2.5}}";
        assertTrue(metrics, metrics.contains(measured));
        assertTrue(shell.run("ucm:metrics db.client.connection").contains("db.client.connection.max"));
        Exception unknown = assertThrows(Exception.class, () -> shell.run("ucm:metrics jvm"));
        assertTrue(unknown.toString(), unknown.getMessage().contains("db.client.connection.count, "));
    }

    @Test
    public void whoReachesPastUcmLowersTheShareAndIsNamed() throws Exception {
        String before = shell.run("ucm:audit --json");
        assertTrue(before, before.startsWith("{\"share\":100,\"through\":["));
        assertTrue(before, before.contains("{\"bundle\":\"io.ucm.examples.ledger\""));

        Bundle past = past();
        try {
            String after = shell.run("ucm:audit --json");
            assertFalse(after, after.startsWith("{\"share\":100,"));
            String wired = "{\"bundle\":\"test.wired\",\"how\":\"wire\","
                    + "\"evidence\":\"is wired to org.postgresql from org.postgresql.jdbc 42.7.14\",\"excused\":";
            assertTrue(after, after.contains(wired + "null}"));

            Configuration excuse = admin.getConfiguration("io.ucm.health", "?");
            excuse.update(excused("test.wired=until March"));
            await(
                    "the excuse counts",
                    () -> shell.run("ucm:audit --json"),
                    audit -> audit.startsWith("{\"share\":100,") && audit.contains(wired + "\"until March\"}"));
            excuse.delete();
        } finally {
            past.uninstall();
        }
        await("the share is back", () -> shell.run("ucm:audit --json"), audit -> audit.startsWith("{\"share\":100,"));
    }

    /** At each moment the command is there, and somebody is excused who is excused before and after. */
    @Test
    public void aChangeOfWhatIsExcusedTakesNothingAway() throws Exception {
        Bundle past = past();
        Configuration excuse = admin.getConfiguration("io.ucm.health", "?");
        AtomicBoolean done = new AtomicBoolean();
        try {
            excuse.update(excused("test.wired=round -1"));
            await("the excuse counts", () -> shell.run("ucm:audit --json"), audit -> audit.contains("round -1"));
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    String answer = shell.attempt("ucm:audit --json");
                    assertTrue(answer, answer.startsWith("{\"share\":100,"));
                }
            });
            for (int round = 0; round < 50; round++) {
                excuse.update(excused("test.wired=round " + round));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            // Said more than once: SCR (2.2.18) takes the values first and their number after, so of two changes within
            // microseconds it may keep the first and think that it has the second.
            await(
                    "the last counts",
                    () -> {
                        excuse.update(excused("test.wired=the last"));
                        return shell.run("ucm:audit --json");
                    },
                    audit -> audit.contains("the last"));
            excuse.update(excused("no reason"));
            done.set(true);
            asking.get(10, TimeUnit.SECONDS);
        } finally {
            done.set(true);
            excuse.delete();
            past.uninstall();
        }
    }

    @Test
    public void itsStopLeavesNothing() throws Exception {
        // On a busy machine the first reads find replicas whose pools are still being opened.
        await("it serves", () -> shell.attempt("ucm:health --json"), result -> result.startsWith("{\"status\":\"OK\""));
        Bundle health = bundle("io.ucm.health");
        int checks = checks();
        assertTrue("checks: " + checks, checks > 0);
        for (int round = 0; round < 10; round++) {
            shell.run("ucm:health");
            health.stop();
            assertEquals(0, checks());
            assertEquals(List.of(), services(health));
            await("its threads end", HealthIT::threads, "[]"::equals);
            health.start();
        }
        assertEquals(checks, checks());
        await("it serves", () -> shell.attempt("ucm:health --json"), result -> result.startsWith("{\"status\":\"OK\""));
    }

    /** A bundle that reaches past UCM. */
    private Bundle past() throws Exception {
        Bundle past = context.installBundle(
                TestBundle.importing("org.postgresql", "wired", Files.createTempDirectory("audit"))
                        .toUri()
                        .toString());
        past.start();
        return past;
    }

    private static Dictionary<String, Object> excused(String entry) {
        return new Hashtable<>(Map.of("audit.excused", new String[] {entry}));
    }

    private static List<String> roles(String json) {
        return Pattern.compile("\"name\":\"(role [^\"]*)\",\"status\":\"OK\"")
                .matcher(json)
                .results()
                .map(role -> role.group(1))
                .toList();
    }

    private HealthMonitor monitor() {
        return context.getService(context.getServiceReference(HealthMonitor.class));
    }

    private int checks() throws Exception {
        ServiceReference<?>[] checks = context.getAllServiceReferences(CHECK, "(hc.tags=ucm*)");
        return checks == null ? 0 : checks.length;
    }

    private static List<ServiceReference<?>> services(Bundle bundle) {
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        return services == null ? List.of() : List.of(services);
    }

    private static String threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ucm-health-"))
                .toList()
                .toString();
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
