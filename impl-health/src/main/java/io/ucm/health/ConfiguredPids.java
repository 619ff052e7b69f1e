// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * Whether somebody takes each configuration that an operator wrote for UCM: one that nobody takes is misspelt, or its
 * bundle is missing. Files only: what a bundle publishes for another one may wait for it. Thread-safe.
 */
@Component
public final class ConfiguredPids implements HealthSource {

    private static final String FILTER = "(&(service.pid=io.ucm.*)(felix.fileinstall.filename=*))";

    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime components;

    @Activate
    public ConfiguredPids(
            @Reference(name = "admin") ConfigurationAdmin admin,
            @Reference(name = "components") ServiceComponentRuntime components) {
        this.admin = admin;
        this.components = components;
    }

    @Override
    public List<Finding> health() {
        Set<String> taken = taken();
        List<HealthComponent> found = new ArrayList<>();
        Configuration[] written = written();
        for (Configuration configuration : written) {
            String factory = configuration.getFactoryPid();
            String pid = factory == null ? configuration.getPid() : factory;
            if (!taken.contains(pid)) {
                found.add(untaken(configuration, pid, taken));
            }
        }
        found.add(new HealthComponent(
                "PIDs", HealthStatus.OK, null, Map.of("files", written.length, "untaken", found.size())));
        return found.stream()
                .map(component -> new Finding(null, null, component))
                .toList();
    }

    private Configuration[] written() {
        try {
            Configuration[] found = admin.listConfigurations(FILTER);
            return found == null ? new Configuration[0] : found;
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("the configurations can't be listed", e);
        }
    }

    /** A component that says nothing has its name for a PID, and reads none. */
    private Set<String> taken() {
        Set<String> taken = new TreeSet<>();
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            Arrays.stream(component.configurationPid)
                    .filter(pid -> pid.startsWith("io.ucm.") && !pid.equals(component.name))
                    .forEach(taken::add);
        }
        return taken;
    }

    private static HealthComponent untaken(Configuration configuration, String pid, Set<String> taken) {
        Dictionary<String, Object> properties = configuration.getProperties();
        String file = String.valueOf(properties.get("felix.fileinstall.filename"));
        return new HealthComponent(
                "PID " + configuration.getPid(),
                HealthStatus.CRITICAL,
                "%s: nobody takes configurations of %s; there are: %s"
                        .formatted(file.substring(file.lastIndexOf('/') + 1), pid, taken),
                Map.of());
    }
}
