// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.ConnectionManager;
import io.ucm.shell.Json;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The ledger's shell commands. One run at a time; {@code current} is guarded by this object. */
@Component(
        service = Ledger.class,
        immediate = true,
        property = {
            "osgi.command.scope=ledger",
            "osgi.command.function=report",
            "osgi.command.function=run",
            "osgi.command.function=start",
            "osgi.command.function=stop",
            "osgi.command.function=wait"
        })
public final class Ledger {

    private static final String DEFAULT_MODE = "ASYNC_MODERN";
    private static final String OWNER_MODE = "ADMIN";

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<ConnectionManager> managers = new CopyOnWriteArrayList<>();

    private @Nullable LedgerRun current;

    @Deactivate
    synchronized void deactivate() {
        if (current != null) {
            current.stop();
            current = null;
        }
    }

    @Descriptor(
            "runs the workload for some seconds and reports; fails when something is lost, doubled, stale or failed")
    public Object run(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("for how long")
                    @Parameter(
                            names = {"-s", "--seconds"},
                            absentValue = "10")
                    int seconds,
            @Descriptor("how many clients at once")
                    @Parameter(
                            names = {"-n", "--clients"},
                            absentValue = "16")
                    int clients,
            @Descriptor("the mode to work in")
                    @Parameter(
                            names = {"-m", "--mode"},
                            absentValue = DEFAULT_MODE)
                    String mode,
            @Descriptor("the deadline of each call; 0: the mode's own")
                    @Parameter(
                            names = {"-d", "--deadline-ms"},
                            absentValue = "0")
                    long deadlineMs,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster)
            throws Exception {
        requireSeconds(seconds);
        begin(new LedgerOptions(clients, cluster, mode, deadlineMs));
        try {
            await(seconds);
        } catch (InterruptedException e) {
            stop();
            throw e;
        }
        return report(json);
    }

    @Descriptor("starts the workload")
    public void start(
            @Descriptor("how many clients at once")
                    @Parameter(
                            names = {"-n", "--clients"},
                            absentValue = "16")
                    int clients,
            @Descriptor("the mode to work in")
                    @Parameter(
                            names = {"-m", "--mode"},
                            absentValue = DEFAULT_MODE)
                    String mode,
            @Descriptor("the deadline of each call; 0: the mode's own")
                    @Parameter(
                            names = {"-d", "--deadline-ms"},
                            absentValue = "0")
                    long deadlineMs,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster)
            throws Exception {
        begin(new LedgerOptions(clients, cluster, mode, deadlineMs));
    }

    @Descriptor("waits while the workload runs")
    public void wait(
            @Descriptor("for how long")
                    @Parameter(
                            names = {"-s", "--seconds"},
                            absentValue = "5")
                    int seconds)
            throws InterruptedException {
        requireSeconds(seconds);
        await(seconds);
    }

    @Descriptor(
            "ends the workload, looks at the table, reports; fails when something is lost, doubled, stale or failed")
    public Object report(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json)
            throws Exception {
        LedgerReport report = takeCurrent().end();
        Object printed = json ? Json.line(report) : report;
        if (!report.clean()) {
            System.out.println(printed);
            throw new IllegalStateException(report.complaint());
        }
        return printed;
    }

    @Descriptor("ends the workload without a report")
    public void stop() {
        takeCurrent().stop();
    }

    private synchronized void begin(LedgerOptions options) throws Exception {
        if (current != null) {
            throw new IllegalStateException("a run is going on: ledger:report or ledger:stop ends it");
        }
        ConnectionManager manager = manager(options.cluster(), options.mode());
        current = LedgerRun.start(manager, owner(manager), options);
    }

    private synchronized LedgerRun takeCurrent() {
        LedgerRun run = running();
        current = null;
        return run;
    }

    private synchronized LedgerRun running() {
        if (current == null) {
            throw new IllegalStateException("no run is going on: ledger:start starts one");
        }
        return current;
    }

    /** Shows a line of progress each second. */
    private void await(int seconds) throws InterruptedException {
        LedgerRun run = running();
        for (int second = 0; second < seconds; second++) {
            TimeUnit.SECONDS.sleep(1);
            System.err.println(run.progress());
        }
    }

    private static void requireSeconds(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("--seconds " + seconds + ": must not be negative");
        }
    }

    private ConnectionManager manager(String cluster, String mode) {
        List<ConnectionManager> found = managers.stream()
                .filter(manager -> manager.mode().name().equals(mode))
                .filter(manager -> cluster.isEmpty() || manager.cluster().equals(cluster))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        List<String> there = managers.stream()
                .map(manager -> manager.cluster() + "/" + manager.mode().name())
                .sorted()
                .toList();
        throw new IllegalArgumentException((found.isEmpty()
                                ? "no manager for mode '%s'%s"
                                : "several clusters have the mode '%s'%s; --cluster chooses")
                        .formatted(mode, cluster.isEmpty() ? "" : " of cluster '" + cluster + "'")
                + "; there are: " + there);
    }

    /** Who may make the table: the cluster's ADMIN, else whoever writes. */
    private ConnectionManager owner(ConnectionManager manager) {
        return managers.stream()
                .filter(other -> other.cluster().equals(manager.cluster()))
                .filter(other -> !other.mode().readOnly())
                .min(Comparator.comparing(other -> !other.mode().name().equals(OWNER_MODE)))
                .orElseThrow(() -> new IllegalStateException(
                        "cluster '" + manager.cluster() + "' has no mode that may write: the ledger needs its table"));
    }
}
