// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Tells the core of one cluster in the configuration. A change reaches the running managers; one that is refused leaves
 * them as they are.
 */
@Component(
        configurationPid = "io.ucm.cluster",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true,
        service = {})
@Designate(ocd = ClusterConfig.class, factory = true)
public final class ConfiguredCluster {

    private final Core core;
    private volatile ClusterSettings settings;

    @Activate
    public ConfiguredCluster(ClusterConfig config, @Reference(name = "core") Core core) {
        this.core = core;
        this.settings = ClusterSettings.of(config);
        core.define(this, settings);
    }

    @Modified
    void modified(ClusterConfig config) {
        ClusterSettings changed = ClusterSettings.of(config);
        if (!changed.name().equals(settings.name())) {
            core.forgetCluster(this, settings.name());
        }
        settings = changed;
        core.define(this, changed);
    }

    @Deactivate
    void deactivate() {
        core.forgetCluster(this, settings.name());
    }
}
