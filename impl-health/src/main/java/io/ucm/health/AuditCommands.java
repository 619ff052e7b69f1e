// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.shell.Json;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The shell command that says who reaches past UCM. */
@Component(
        service = AuditCommands.class,
        immediate = true,
        property = {"osgi.command.scope=ucm", "osgi.command.function=audit"})
public final class AuditCommands {

    private final BundleContext context;
    private volatile Excuses excuses = Excuses.of(new String[0]);

    @Activate
    public AuditCommands(BundleContext context) {
        this.context = context;
    }

    /** A change of the configuration never takes the command away. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setConfigured(ConfiguredExcuses configured) {
        excuses = configured.excuses();
    }

    /** Until the next is there, and when the next is wrong, the last counts. */
    void unsetConfigured(ConfiguredExcuses configured) {}

    @Descriptor("which bundles reach the database or Redis through UCM, which past it, and the share")
    public Object audit(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        AuditReport report = Audit.of(Inventory.of(context), excuses);
        return json ? Json.line(report) : report;
    }
}
