// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

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

/** The workload's shell commands. One run at a time; {@code current} is guarded by this object. */
@Component(
        service = WorkloadCommands.class,
        immediate = true,
        property = {
            "osgi.command.scope=catalog",
            "osgi.command.function=report",
            "osgi.command.function=run",
            "osgi.command.function=start",
            "osgi.command.function=stop"
        })
public final class WorkloadCommands {

    private static final String DEFAULT_MODE = "ASYNC_MODERN";

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<ConnectionManager> managers = new CopyOnWriteArrayList<>();

    private @Nullable CatalogRun current;

    @Deactivate
    synchronized void deactivate() {
        if (current != null) {
            current.stop();
            current = null;
        }
    }

    @Descriptor("runs the workload for some seconds and reports; fails when a call failed, or saw an old price or a"
            + " wrong one")
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
            @Descriptor("the mode to work in; a read-only one changes no prices")
                    @Parameter(
                            names = {"-m", "--mode"},
                            absentValue = DEFAULT_MODE)
                    String mode,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster)
            throws Exception {
        if (seconds < 0) {
            throw new IllegalArgumentException("--seconds " + seconds + ": must not be negative");
        }
        CatalogRun run = begin(clients, mode, cluster);
        try {
            run.watch(seconds);
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
            @Descriptor("the mode to work in; a read-only one changes no prices")
                    @Parameter(
                            names = {"-m", "--mode"},
                            absentValue = DEFAULT_MODE)
                    String mode,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster)
            throws Exception {
        begin(clients, mode, cluster);
    }

    @Descriptor("ends the workload and reports; fails when a call failed, or saw an old price or a wrong one")
    public Object report(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        CatalogReport report = takeCurrent().end();
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

    private synchronized CatalogRun begin(int clients, String mode, String cluster) throws Exception {
        if (current != null) {
            throw new IllegalStateException("a run is going on: catalog:report or catalog:stop ends it");
        }
        Managers there = new Managers(managers);
        ConnectionManager manager = there.find(cluster, mode);
        ProductTable.make(manager, there.owner(manager));
        current = CatalogRun.start(manager, clients);
        return current;
    }

    private synchronized CatalogRun takeCurrent() {
        if (current == null) {
            throw new IllegalStateException("no run is going on: catalog:start starts one");
        }
        CatalogRun run = current;
        current = null;
        return run;
    }
}
