// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.shell.Json;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell commands for exchanging parts. */
@Component(
        service = SwapCommands.class,
        property = {"osgi.command.scope=ucm", "osgi.command.function=swap", "osgi.command.function=swaps"})
public final class SwapCommands {

    private final Core core;
    private final Swap swap;

    @Activate
    public SwapCommands(@Reference(name = "core") Core core, BundleContext context) {
        this.core = core;
        this.swap = new Swap(core, context);
    }

    @Descriptor(
            "lets another bundle serve in a slot while requests are running, and waits until the old one is drained")
    public Object swap(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the slot: pool, driver, ha, cache or health") String slot,
            @Descriptor(
                            "the bundle: a symbolic name (name:version where there are several), an id, a file, a URL, or 'auto' "
                                    + "for the one that is ranked highest")
                    String bundle) {
        SwapReport report = swap.run(slot, bundle);
        return report == null ? slot + ": that one serves already" : json ? Json.line(report) : report;
    }

    @Descriptor("the last exchanges: from what to what, why, and what it cost the callers")
    public Object swaps(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        SwapsReport report = new SwapsReport(core.exchanges().all());
        return json ? Json.line(report) : report;
    }
}
