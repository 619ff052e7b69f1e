// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** A manager and its two services: {@link ConnectionManager} and the plain {@link DataSource}. Thread-safe. */
final class Registered {

    /** Gives each bundle a view of its own. What the bundle did there ends when it stops, not when it lets go of it. */
    private record PerBundle<S>(Function<Bundle, S> view) implements ServiceFactory<S> {

        @Override
        public S getService(Bundle bundle, ServiceRegistration<S> registration) {
            return view.apply(bundle);
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<S> registration, S service) {}
    }

    private final Manager manager;

    /** Guarded by itself, and so is {@code closed}. */
    private final List<ServiceRegistration<?>> services = new ArrayList<>();

    private boolean closed;

    Registered(Manager manager) {
        this.manager = manager;
    }

    Manager manager() {
        return manager;
    }

    /** Calls whoever waits for the services, in this thread. */
    void register(BundleContext context) {
        Dictionary<String, Object> properties = properties(manager.key());
        add(context.registerService(ConnectionManager.class, new PerBundle<>(manager::viewOf), properties));
        add(context.registerService(
                DataSource.class,
                new PerBundle<>(bundle -> manager.viewOf(bundle).dataSource()),
                properties));
    }

    /** Blocks up to the hold while connections come back. Idempotent. */
    void close() {
        List<ServiceRegistration<?>> gone;
        synchronized (services) {
            closed = true;
            gone = List.copyOf(services);
            services.clear();
        }
        gone.forEach(ServiceRegistration::unregister);
        manager.close();
    }

    private void add(ServiceRegistration<?> registration) {
        synchronized (services) {
            if (!closed) {
                services.add(registration);
                return;
            }
        }
        registration.unregister();
    }

    private static Dictionary<String, Object> properties(ManagerKey key) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ConnectionManager.CLUSTER, key.cluster());
        properties.put(ConnectionManager.MODE, key.mode());
        properties.put("osgi.jndi.service.name", "ucm/" + key);
        properties.put("dataSourceName", "ucm/" + key);
        return properties;
    }
}
