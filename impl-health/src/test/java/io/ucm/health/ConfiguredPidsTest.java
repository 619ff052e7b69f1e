// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource.Finding;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

class ConfiguredPidsTest {

    private final List<Configuration> configurations = new ArrayList<>();

    @Test
    void aFileThatNobodyTakesIsNamedWithWhatThereIs() {
        configured("io.ucm.mode", "io.ucm.mode~main-ADMIN");
        configured("io.ucm.moed", "io.ucm.moed~main-ADMIN");
        configured(null, "io.ucm.health.Health");

        assertThat(found())
                .extracting(HealthComponent::name, HealthComponent::status)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("PID io.ucm.moed~main-ADMIN", HealthStatus.CRITICAL),
                        org.assertj.core.groups.Tuple.tuple("PID io.ucm.health.Health", HealthStatus.CRITICAL),
                        org.assertj.core.groups.Tuple.tuple("PIDs", HealthStatus.OK));
        assertThat(found().get(0).reason())
                .isEqualTo("io.ucm.moed~main-ADMIN.cfg: nobody takes configurations of io.ucm.moed; "
                        + "there are: [io.ucm.mode]");
        assertThat(found().get(2).figures()).isEqualTo(Map.of("files", 3, "untaken", 2));
    }

    @Test
    void withoutFilesNothingIsWrong() {
        assertThat(found()).extracting(HealthComponent::status).containsExactly(HealthStatus.OK);
    }

    private List<HealthComponent> found() {
        ConfigurationAdmin admin = Services.fake(
                ConfigurationAdmin.class,
                (self, method, args) -> configurations.isEmpty() ? null : configurations.toArray(Configuration[]::new));
        ServiceComponentRuntime runtime = Services.fake(
                ServiceComponentRuntime.class,
                (self, method, args) -> List.of(
                        component("io.ucm.manager.ConfiguredMode", "io.ucm.mode"),
                        component("io.ucm.health.Health", "io.ucm.health.Health")));
        return new ConfiguredPids(admin, runtime)
                .health().stream().map(Finding::component).toList();
    }

    private void configured(String factory, String pid) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("felix.fileinstall.filename", "file:/etc/ucm/" + pid + ".cfg");
        configurations.add(Services.fake(Configuration.class, (self, method, args) -> switch (method.getName()) {
            case "getPid" -> pid;
            case "getFactoryPid" -> factory;
            case "getProperties" -> properties;
            default -> throw new UnsupportedOperationException(method.getName());
        }));
    }

    private static ComponentDescriptionDTO component(String name, String pid) {
        ComponentDescriptionDTO component = new ComponentDescriptionDTO();
        component.name = name;
        component.configurationPid = new String[] {pid};
        return component;
    }
}
