// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.shell.Json;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;

/** The shell command that says who reaches past UCM. */
@Component(
        service = AuditCommands.class,
        immediate = true,
        configurationPid = AuditCommands.PID,
        property = {"osgi.command.scope=ucm", "osgi.command.function=audit"})
@Designate(ocd = AuditConfig.class)
public final class AuditCommands {

    static final String PID = "io.ucm.health";

    private final BundleContext context;
    private final Excuses excuses;

    @Activate
    public AuditCommands(AuditConfig config, BundleContext context) {
        this.context = context;
        this.excuses = Excuses.of(config.audit_excused());
    }

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
