// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.manager.WhyReport.Finding;
import io.ucm.settings.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.BundleContext;

/** Files of an operator whose PID begins with {@code io.ucm.} and that nobody takes: misspelt, most likely. */
final class UntakenConfigurations {

    private static final String FILTER = "(&(service.pid=io.ucm.*)(felix.fileinstall.filename=*))";

    private UntakenConfigurations() {}

    static List<Finding> find(BundleContext context) {
        Set<String> taken = Reflected.ask(context, WaitingComponents.RUNTIME, UntakenConfigurations::taken, Set.of());
        if (taken.isEmpty()) {
            return List.of();
        }
        return Reflected.ask(context, ConfiguredKeys.ADMIN, admin -> untaken(admin, taken), List.of());
    }

    private static Set<String> taken(Reflected runtime) {
        Set<String> taken = new TreeSet<>();
        Collection<?> components = (Collection<?>) Objects.requireNonNull(
                runtime.call("getComponentDescriptionDTOs", (Object) new org.osgi.framework.Bundle[0]));
        for (Object component : components) {
            for (String pid :
                    (String[]) Objects.requireNonNull(Reflected.of(component).field("configurationPid"))) {
                // A component that says nothing has its name for a PID, and reads none.
                if (pid.startsWith("io.ucm.")
                        && !pid.equals(Reflected.of(component).text("name"))) {
                    taken.add(pid);
                }
            }
        }
        return taken;
    }

    private static List<Finding> untaken(Reflected admin, Set<String> taken) {
        List<Finding> findings = new ArrayList<>();
        Object found = admin.call("listConfigurations", FILTER);
        for (Object configuration : found == null ? new Object[0] : (Object[]) found) {
            Dictionary<?, ?> properties = (Dictionary<?, ?>)
                    Objects.requireNonNull(Reflected.of(configuration).call("getProperties"));
            Object factory = properties.get("service.factoryPid");
            Object pid = factory == null ? properties.get("service.pid") : factory;
            if (!taken.contains(String.valueOf(pid))) {
                findings.add(new Finding(
                        null,
                        Origin.of(map(properties)).toString(),
                        "nobody takes configurations of %s; there are: %s".formatted(pid, taken)));
            }
        }
        return findings;
    }

    private static Map<String, Object> map(Dictionary<?, ?> properties) {
        Map<String, Object> map = new HashMap<>();
        properties.keys().asIterator().forEachRemaining(key -> map.put(String.valueOf(key), properties.get(key)));
        return map;
    }
}
