// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.ConnectionManager;
import io.ucm.examples.workload.Managers;
import io.ucm.shell.Json;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
            running().watch(seconds);
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
        running().watch(seconds);
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
        Managers there = new Managers(managers);
        ConnectionManager manager = there.find(options.cluster(), options.mode());
        current = LedgerRun.start(manager, there.owner(manager), options);
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

    private static void requireSeconds(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("--seconds " + seconds + ": must not be negative");
        }
    }
}
