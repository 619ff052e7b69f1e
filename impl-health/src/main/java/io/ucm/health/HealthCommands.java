// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.shell.Json;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The shell commands for health, meters and validation. */
@Component(
        service = HealthCommands.class,
        property = {
            "osgi.command.scope=ucm",
            "osgi.command.function=health",
            "osgi.command.function=metrics",
            "osgi.command.function=validate"
        })
public final class HealthCommands {

    private static final List<String> VALIDATION = List.of("ucm-validate");

    private final Health health;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable HealthCheckExecutor executor;

    @Activate
    public HealthCommands(@Reference(name = "health") Health health) {
        this.health = health;
    }

    @Descriptor("how everything is; fails when something does not work")
    public Object health(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the checks that have one of these tags, such as dbavail,systemready")
                    @Parameter(
                            names = {"-t", "--tags"},
                            absentValue = "ucm")
                    String tags) {
        long began = System.nanoTime();
        List<HealthComponent> components = run(Arrays.stream(tags.split(","))
                .map(String::trim)
                .filter(tag -> !tag.isEmpty())
                .toList());
        HealthTable report = HealthTable.of(components, millisSince(began));
        return Outcome.printed(json ? Json.line(report) : report, "health", components);
    }

    @Descriptor("whether what is configured can work: configuration, connectivity, permissions; fails when not")
    public Object validate(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        long began = System.nanoTime();
        List<HealthComponent> components = run(VALIDATION);
        ValidateReport report = ValidateReport.of(components, millisSince(began));
        return Outcome.printed(json ? Json.line(report) : report, "validation", components);
    }

    @Descriptor("all meters now")
    public Object metrics(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        return printed(health.metrics(), json);
    }

    @Descriptor("the meters whose name begins so, now")
    public Object metrics(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("how the name begins, such as db.client") String prefix) {
        return printed(health.metrics().under(prefix), json);
    }

    private List<HealthComponent> run(List<String> tags) {
        return new CheckRun(health, executor).of(tags);
    }

    private static Object printed(Record report, boolean json) {
        return json ? Json.line(report) : report;
    }

    private static long millisSince(long began) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
}
