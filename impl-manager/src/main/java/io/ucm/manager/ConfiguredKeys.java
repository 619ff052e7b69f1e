// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.BundleContext;

/** The managers that the configuration asks for, whether or not they are there yet. */
final class ConfiguredKeys {

    static final String ADMIN = "org.osgi.service.cm.ConfigurationAdmin";

    private ConfiguredKeys() {}

    static List<ManagerKey> list(BundleContext context) {
        return Reflected.ask(context, ADMIN, ConfiguredKeys::list, List.of());
    }

    private static List<ManagerKey> list(Reflected admin) {
        Object found = admin.call("listConfigurations", "(service.factoryPid=io.ucm.mode)");
        return found == null
                ? List.of()
                : Arrays.stream((Object[]) found)
                        .map(ConfiguredKeys::key)
                        .distinct()
                        .toList();
    }

    private static ManagerKey key(Object configuration) {
        Dictionary<?, ?> properties = (Dictionary<?, ?>)
                Objects.requireNonNull(Reflected.of(configuration).call("getProperties"));
        return new ManagerKey(String.valueOf(properties.get("cluster")), String.valueOf(properties.get("mode")));
    }
}
