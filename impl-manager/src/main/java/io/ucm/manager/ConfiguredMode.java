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
 * Tells the core of one mode in the configuration. A change reaches the running manager, which stays the same service;
 * one that is refused leaves it as it is.
 */
@Component(
        configurationPid = "io.ucm.mode",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true,
        service = {})
@Designate(ocd = ModeConfig.class, factory = true)
public final class ConfiguredMode {

    private final Core core;
    private volatile ModeSettings settings;

    @Activate
    public ConfiguredMode(ModeConfig config, @Reference(name = "core") Core core) {
        this.core = core;
        this.settings = ModeSettings.of(config);
        core.define(this, settings);
    }

    @Modified
    void modified(ModeConfig config) {
        ModeSettings changed = ModeSettings.of(config);
        if (!changed.key().equals(settings.key())) {
            core.forgetMode(this, settings.key());
        }
        settings = changed;
        core.define(this, changed);
    }

    @Deactivate
    void deactivate() {
        core.forgetMode(this, settings.key());
    }
}
