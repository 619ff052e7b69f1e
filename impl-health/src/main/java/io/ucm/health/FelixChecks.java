// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.apache.felix.hc.api.HealthCheck;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Registers each kind as a health check of Felix, for its executor, its servlets and the web console. */
@Component(
        service = {},
        immediate = true)
public final class FelixChecks {

    private final List<ServiceRegistration<HealthCheck>> registered;

    @Activate
    public FelixChecks(@Reference(name = "health") Health health, BundleContext context) {
        registered = Arrays.stream(Kind.values())
                .map(kind -> context.registerService(HealthCheck.class, new KindCheck(kind, health), properties(kind)))
                .toList();
    }

    @Deactivate
    void deactivate() {
        registered.forEach(ServiceRegistration::unregister);
    }

    private static Dictionary<String, Object> properties(Kind kind) {
        return new Hashtable<>(Map.of(
                HealthCheck.NAME,
                kind.title(),
                HealthCheck.TAGS,
                kind.tags().stream().sorted().toArray(String[]::new)));
    }
}
