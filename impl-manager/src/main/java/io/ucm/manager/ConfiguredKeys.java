// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * The managers that the configuration asks for, whether or not they are there yet. Asked by reflection: an import of the
 * Configuration Admin would restart this bundle whenever that one is updated.
 */
final class ConfiguredKeys {

    private static final String ADMIN = "org.osgi.service.cm.ConfigurationAdmin";

    private ConfiguredKeys() {}

    static List<ManagerKey> list(BundleContext context) {
        ServiceReference<?> reference = context.getServiceReference(ADMIN);
        if (reference == null) {
            return List.of();
        }
        try {
            Object admin = Objects.requireNonNull(context.getService(reference), ADMIN);
            Object[] found = (Object[])
                    method(admin, "listConfigurations", String.class).invoke(admin, "(service.factoryPid=io.ucm.mode)");
            return found == null
                    ? List.of()
                    : Arrays.stream(found).map(ConfiguredKeys::key).toList();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(ADMIN + " can't be asked", e);
        } finally {
            context.ungetService(reference);
        }
    }

    private static ManagerKey key(Object configuration) {
        try {
            Dictionary<?, ?> properties =
                    (Dictionary<?, ?>) method(configuration, "getProperties").invoke(configuration);
            return new ManagerKey(String.valueOf(properties.get("cluster")), String.valueOf(properties.get("mode")));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(ADMIN + " can't be asked", e);
        }
    }

    private static java.lang.reflect.Method method(Object target, String name, Class<?>... types)
            throws ReflectiveOperationException {
        for (Class<?> type : target.getClass().getInterfaces()) {
            if (type.getName().startsWith("org.osgi.service.cm.")) {
                return type.getMethod(name, types);
            }
        }
        throw new NoSuchMethodException(target.getClass().getName() + "." + name);
    }
}
