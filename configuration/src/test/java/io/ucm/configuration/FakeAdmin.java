// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/**
 * Configurations in memory. An update tells the listener first and then counts as given out, as with Felix. Only for the
 * thread of a test.
 */
final class FakeAdmin {

    private final Map<String, Configuration> configurations = new TreeMap<>();
    private final List<String> given = new ArrayList<>();
    private SynchronousConfigurationListener listener = event -> {};
    private String deleted = "";

    ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (self, method, arguments) -> {
            if (!method.getName().equals("listConfigurations")) {
                throw new UnsupportedOperationException(method.getName());
            }
            return configurations.isEmpty() ? null : configurations.values().toArray(new Configuration[0]);
        });
    }

    void tell(SynchronousConfigurationListener told) {
        listener = told;
    }

    Configuration make(String pid) {
        Hashtable<String, Object> properties = new Hashtable<>();
        Configuration made = proxy(Configuration.class, (self, method, arguments) -> switch (method.getName()) {
            case "getPid" -> pid;
            case "getProperties" -> {
                if (pid.equals(deleted)) {
                    throw new IllegalStateException(pid + " is deleted");
                }
                yield new Hashtable<>(properties);
            }
            case "update" -> {
                Dictionary<?, ?> values = (Dictionary<?, ?>) arguments[0];
                properties.clear();
                values.keys().asIterator().forEachRemaining(key -> properties.put((String) key, values.get(key)));
                event(pid);
                given.add(pid);
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
        configurations.put(pid, made);
        return made;
    }

    /** One that is deleted just after it was listed. */
    void deletesJustAfterListing(String pid) {
        deleted = pid;
    }

    /** The PIDs that were given out since the last time, in order. */
    List<String> given() {
        List<String> since = List.copyOf(given);
        given.clear();
        return since;
    }

    private void event(String pid) {
        ServiceReference<ConfigurationAdmin> reference =
                proxy(ServiceReference.class, (self, method, arguments) -> null);
        listener.configurationEvent(new ConfigurationEvent(reference, ConfigurationEvent.CM_UPDATED, null, pid));
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(FakeAdmin.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
