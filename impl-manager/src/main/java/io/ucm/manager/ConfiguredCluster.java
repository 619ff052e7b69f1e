// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Attributes;
import io.ucm.settings.Origin;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Tells the core of one cluster in the configuration. A change reaches the running managers, which stay the same services;
 * one that is refused leaves them as they are. Never fails itself: the core says what is wrong, once.
 */
@Component(
        configurationPid = "io.ucm.cluster",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true,
        service = {})
@Designate(ocd = ClusterConfig.class, factory = true)
public final class ConfiguredCluster {

    private final Core core;

    @Activate
    public ConfiguredCluster(
            ClusterConfig config, Map<String, Object> properties, @Reference(name = "core") Core core) {
        this.core = core;
        modified(config, properties);
    }

    @Modified
    void modified(ClusterConfig config, Map<String, Object> properties) {
        Origin origin = Origin.of(properties);
        core.defineCluster(this, origin, () -> {
            Attributes.check(ClusterConfig.class, properties);
            return ClusterSettings.of(origin, config);
        });
    }

    @Deactivate
    void deactivate() {
        core.forget(this);
    }
}
