// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What {@code io.ucm.logging} may say. */
@ObjectClassDefinition(name = "UCM logging", description = "Levels in place of those that logback.xml sets")
public @interface LoggingConfig {

    @AttributeDefinition(
            name = "levels",
            description = "Each LOGGER=LEVEL; ROOT is the logger of all;"
                    + " levels are TRACE, DEBUG, INFO, WARN, ERROR and OFF")
    String[] levels() default {};
}
