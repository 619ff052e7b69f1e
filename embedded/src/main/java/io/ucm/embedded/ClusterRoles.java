// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The database roles that have a password. Immutable.
 *
 * @param modes by mode; the role is the mode's name in lower case
 * @param highAvailability for watching and promoting nodes
 * @param replication for the replicas
 */
record ClusterRoles(Map<String, Credentials> modes, Credentials highAvailability, Credentials replication) {

    private static final List<String> MODES =
            List.of("MCP_SERVER", "ML_TRAINING", "ADMIN", "ASYNC_MODERN", "HIGH_AVAILABILITY");

    static ClusterRoles random() {
        Map<String, Credentials> modes = new LinkedHashMap<>();
        for (String mode : MODES) {
            modes.put(mode, Credentials.random(mode.toLowerCase(Locale.ROOT)));
        }
        return new ClusterRoles(
                Collections.unmodifiableMap(modes),
                Credentials.random("ucm_ha"),
                Credentials.random("ucm_replication"));
    }

    /** The script with each {@code :'role'} replaced by that role's quoted password. */
    String fill(String script) {
        String filled = script;
        for (Credentials role : Stream.concat(modes.values().stream(), Stream.of(highAvailability, replication))
                .toList()) {
            filled = filled.replace(":'" + role.user() + "'", "'" + role.password() + "'");
        }
        return filled;
    }
}
