// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.SqlWork;
import io.ucm.shell.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The manager's shell commands. They return records that print as tables, or with {@code --json} one line. */
@Component(
        service = UcmCommands.class,
        property = {
            "osgi.command.scope=ucm",
            "osgi.command.function=pool",
            "osgi.command.function=ready",
            "osgi.command.function=resize",
            "osgi.command.function=slots",
            "osgi.command.function=sql",
            "osgi.command.function=status",
            "osgi.command.function=why"
        })
public final class UcmCommands {

    /** How long the server may take to say what is in force. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Core core;
    private final BundleContext context;
    private final Readiness readiness;

    @Activate
    public UcmCommands(@Reference(name = "core") Core core, BundleContext context) {
        this.core = core;
        this.context = context;
        this.readiness = new Readiness(core, context);
    }

    @Descriptor("clusters, nodes, modes and slots at a glance")
    public Object status(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        return printed(StatusReport.of(core), json);
    }

    @Descriptor("per slot what serves, since when, and what else is installed")
    public Object slots(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        return printed(SlotsReport.of(core), json);
    }

    @Descriptor("the figures of all pools, or what their autoscalers did")
    public Object pool(
            @Descriptor("what the autoscalers did lately, and why")
                    @Parameter(
                            names = {"-d", "--decisions"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean decisions,
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster) {
        if (!cluster.isEmpty() && !core.clusters().contains(cluster)) {
            throw new IllegalArgumentException("no cluster '" + cluster + "'; there are: " + core.clusters());
        }
        List<Manager> chosen = core.managers().stream()
                .filter(manager -> cluster.isEmpty() || manager.key().cluster().equals(cluster))
                .toList();
        return decisions
                ? printed(DecisionsReport.of(chosen), json)
                : printed(
                        new PoolsReport(
                                chosen.stream().map(PoolsReport.PoolReport::of).toList()),
                        json);
    }

    @Descriptor("the figures of one mode's pool, what is in force, who says so, and what the server says")
    public Object pool(
            @Descriptor("what its autoscalers did lately, and why")
                    @Parameter(
                            names = {"-d", "--decisions"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean decisions,
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the mode, such as ASYNC_MODERN") String mode) {
        Manager manager = manager(cluster, mode);
        if (decisions) {
            return printed(DecisionsReport.of(List.of(manager)), json);
        }
        ServerSettings server = ServerSettings.ask(core.own(manager), PATIENCE);
        return printed(new PoolsReport(List.of(PoolsReport.PoolReport.of(manager, server))), json);
    }

    @Descriptor("other limits for the size of one mode's pools, until its configuration changes them")
    public Object resize(
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the mode, such as ASYNC_MODERN") String mode,
            @Descriptor("the fewest connections; the same as the most: as many, always") int min,
            @Descriptor("the most connections") int max) {
        Manager manager = manager(cluster, mode);
        manager.resize(new SizeLimits(min, max));
        return "%s: %d to %d connections; ucm:pool --decisions shows what comes of it"
                .formatted(manager.key(), min, max);
    }

    @Descriptor("runs SQL and prints what it returns")
    public Object sql(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("in a read-only transaction; always so in a read-only mode")
                    @Parameter(
                            names = {"-r", "--read"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean read,
            @Descriptor("the mode to run it in")
                    @Parameter(
                            names = {"-m", "--mode"},
                            absentValue = BuiltInModes.DEFAULT)
                    String mode,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("how many rows to show at most")
                    @Parameter(
                            names = {"-l", "--limit"},
                            absentValue = "1000")
                    int limit,
            @Descriptor("the SQL, in quotes") String sql)
            throws Exception {
        if (limit < 1 || limit == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--limit " + limit + ": must be at least 1");
        }
        ConnectionManager view = core.own(manager(cluster, mode));
        SqlWork<SqlResult> work = connection -> SqlResult.of(connection, sql, limit);
        CompletionStage<SqlResult> result = read || view.mode().readOnly()
                ? view.read(work, CallOptions.DEFAULT)
                : view.write(work, CallOptions.DEFAULT);
        try {
            return printed(result.toCompletableFuture().join(), json);
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Descriptor("what is missing, and why")
    public Object why(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        return printed(WhyReport.of(core, context, ""), json);
    }

    @Descriptor("what is missing for one cluster, and why")
    public Object why(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster") String cluster) {
        return printed(WhyReport.of(core, context, cluster), json);
    }

    @Descriptor("waits until every configured manager serves, or says why one does not")
    public Object ready(
            @Descriptor("how long to wait at most")
                    @Parameter(
                            names = {"-s", "--seconds"},
                            absentValue = "60")
                    int seconds) {
        return readiness.await(Duration.ofSeconds(seconds)) + " managers serve";
    }

    private static Object printed(Record report, boolean json) {
        return json ? Json.line(report) : report;
    }

    private Manager manager(String cluster, String mode) {
        List<Manager> candidates = core.managers().stream()
                .filter(manager -> manager.mode().name().equals(mode))
                .filter(manager -> cluster.isEmpty() || manager.key().cluster().equals(cluster))
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        throw new IllegalArgumentException(
                candidates.isEmpty()
                        ? "no manager '%s'; there are: %s"
                                .formatted(
                                        cluster.isEmpty() ? mode : cluster + "/" + mode,
                                        core.managers().stream()
                                                .map(Manager::key)
                                                .toList())
                        : "several clusters have the mode %s: choose with --cluster one of %s"
                                .formatted(mode, core.clusters()));
    }
}
