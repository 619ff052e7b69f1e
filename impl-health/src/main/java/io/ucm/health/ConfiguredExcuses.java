// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;

/** What the operator lets pass. Made anew by each change of the configuration, unlike who reads it. */
@Component(service = ConfiguredExcuses.class, configurationPid = ConfiguredExcuses.PID)
@Designate(ocd = AuditConfig.class)
public final class ConfiguredExcuses {

    static final String PID = "io.ucm.health";

    private final Excuses excuses;

    @Activate
    public ConfiguredExcuses(AuditConfig config) {
        this.excuses = Excuses.of(config.audit_excused());
    }

    Excuses excuses() {
        return excuses;
    }
}
