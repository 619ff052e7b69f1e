// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Remembers configurations by PID, and can be told to refuse the update of one. */
final class FakeConfigurationAdmin {

    final Map<String, Map<String, Object>> configurations = Collections.synchronizedMap(new TreeMap<>());
    final Map<String, String> locations = new HashMap<>();
    String refused = "";

    ConfigurationAdmin service() {
        return proxy(ConfigurationAdmin.class, (self, method, arguments) -> switch (method.getName()) {
            case "getConfiguration" -> configuration((String) arguments[0], (String) arguments[1]);
            case "getFactoryConfiguration" -> configuration(arguments[0] + "~" + arguments[1], (String) arguments[2]);
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private Configuration configuration(String pid, String location) {
        locations.put(pid, location);
        return proxy(Configuration.class, (self, method, arguments) -> switch (method.getName()) {
            case "update" -> {
                if (pid.equals(refused)) {
                    throw new IOException("refused " + pid);
                }
                Map<String, Object> properties = new HashMap<>();
                @SuppressWarnings("unchecked")
                Dictionary<String, Object> given = (Dictionary<String, Object>) arguments[0];
                Collections.list(given.keys()).forEach(key -> properties.put(key, given.get(key)));
                yield configurations.put(pid, properties) == null ? null : null;
            }
            case "delete" -> {
                if (!locations.containsKey(pid)) {
                    throw new IllegalStateException("deleted already");
                }
                locations.remove(pid);
                configurations.remove(pid);
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(FakeConfigurationAdmin.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
