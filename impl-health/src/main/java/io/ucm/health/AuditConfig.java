// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "UCM health", description = "What the audit lets pass")
@interface AuditConfig {

    @AttributeDefinition(
            description = "Bundles that may reach the database past UCM: symbolic name, '=', reason",
            required = false)
    String[] audit_excused() default {};
}
