// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.manager.WhyReport.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;

/** Components of Declarative Services that wait for a manager which is not there, or that failed. */
final class WaitingComponents {

    static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";

    private static final Set<String> OURS = Set.of("io.ucm.api.ConnectionManager", "javax.sql.DataSource");
    private static final Pattern CLUSTER = Pattern.compile("\\(ucm\\.cluster=([^)*]+)\\)");

    /** States of ComponentConfigurationDTO. */
    private static final int UNSATISFIED_REFERENCE = 2;

    private static final int FAILED_ACTIVATION = 16;

    private WaitingComponents() {}

    static List<Finding> find(Core core, BundleContext context) {
        return Reflected.ask(context, RUNTIME, runtime -> find(core, runtime), List.of());
    }

    private static List<Finding> find(Core core, Reflected runtime) {
        List<Finding> findings = new ArrayList<>();
        for (Reflected component :
                all(runtime.call("getComponentDescriptionDTOs", (Object) new org.osgi.framework.Bundle[0]))) {
            String name = "component %s of bundle %s"
                    .formatted(
                            component.text("name"),
                            Reflected.of(Objects.requireNonNull(component.field("bundle")))
                                    .text("symbolicName"));
            for (Reflected configuration : all(runtime.call("getComponentConfigurationDTOs", component.target()))) {
                int state = (int) Objects.requireNonNull(configuration.field("state"));
                if (state == FAILED_ACTIVATION) {
                    String failure =
                            configuration.text("failure").lines().findFirst().orElse("");
                    findings.add(new Finding(null, name, "failed: " + failure));
                } else if (state == UNSATISFIED_REFERENCE) {
                    findings.addAll(waiting(core, name, component, configuration));
                }
            }
        }
        return findings;
    }

    private static List<Finding> waiting(Core core, String name, Reflected component, Reflected configuration) {
        List<Finding> findings = new ArrayList<>();
        for (Reflected unsatisfied : all(configuration.field("unsatisfiedReferences"))) {
            String type = all(component.field("references")).stream()
                    .filter(reference -> reference.text("name").equals(unsatisfied.text("name")))
                    .map(reference -> reference.text("interfaceName"))
                    .findFirst()
                    .orElse("");
            if (OURS.contains(type)) {
                Object target = unsatisfied.field("target");
                Matcher cluster = CLUSTER.matcher(String.valueOf(target));
                findings.add(new Finding(
                        cluster.find() ? cluster.group(1) : null,
                        name,
                        "waits for a %s%s; there are: %s"
                                .formatted(
                                        type.substring(type.lastIndexOf('.') + 1),
                                        target == null ? "" : " with " + target,
                                        core.managers().stream()
                                                .map(Manager::key)
                                                .toList())));
            }
        }
        return findings;
    }

    private static List<Reflected> all(@org.jspecify.annotations.Nullable Object objects) {
        if (objects == null) {
            return List.of();
        }
        Collection<?> collection = objects instanceof Object[] array ? List.of(array) : (Collection<?>) objects;
        return collection.stream().<Reflected>map(Reflected::of).toList();
    }
}
