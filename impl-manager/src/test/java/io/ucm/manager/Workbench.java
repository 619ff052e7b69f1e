// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import io.ucm.spi.ConnectionPoolFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.jdbc.DataSourceFactory;

/**
 * A manager of two connections over a {@link FakeServer}, with or without a pool. After each test it checks that every
 * borrowed connection came back and every connection is closed.
 */
final class Workbench implements AfterEachCallback {

    /** So that a test which waits for the hold in vain does not pass. */
    private static final Duration LONGER_THAN_ANY_TEST = Duration.ofMinutes(5);

    final FakeServer server = new FakeServer();
    final SimplePools pools = new SimplePools();
    final Threads threads = new Threads();
    final Manager manager;

    /** Two bundles that use it. */
    final Bundle orders = bundle(41, "orders");

    final Bundle billing = bundle(42, "billing");

    private final ClusterSettings cluster = ClusterSettings.of(
            SettingsTest.ORIGIN,
            SettingsTest.config(
                    ClusterConfig.class,
                    Map.of("cluster", "main", "nodes", new String[] {"n1=db:5432"}, "database", "ucm"),
                    Map.of()));
    private final ModeSettings mode;
    private final Part<DataSourceFactory> driver = part(server.factory());

    Workbench(Map<String, Object> changes) {
        Map<String, Object> base = new HashMap<>(Map.of("cluster", "main", "mode", "ASYNC_MODERN", "user", "app"));
        base.put("pool_size_count", 2);
        mode = ModeSettings.of(SettingsTest.ORIGIN, SettingsTest.config(ModeConfig.class, base, changes));
        manager = new Manager(mode, threads, LONGER_THAN_ANY_TEST, List::of);
    }

    /** The manager as the bundle {@link #orders} sees it. */
    ConnectionManager view() {
        return manager.viewOf(orders);
    }

    /** A pool is there, and serves. */
    Part<ConnectionPoolFactory> serve() {
        Part<ConnectionPoolFactory> part = part(pools);
        Generation before = manager.generations().current();
        manager.generations().want(new Blueprint(part, driver, cluster, mode, Tls.withoutFiles(TlsMode.PREFER)));
        Awaitility.await().until(() -> manager.generations().current() != before);
        return part;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Awaitility.await("all connections returned").until(() -> manager.pool().active() == 0);
        manager.close();
        threads.close();
        Assertions.assertThat(server.open).as("open connections").hasValue(0);
    }

    static Bundle bundle(long id, String name) {
        return proxy(Bundle.class, Map.of("getBundleId", id, "getSymbolicName", name, "toString", name));
    }

    private static <S> Part<S> part(S service) {
        Bundle bundle = bundle(1, "test");
        ServiceReference<S> reference = proxy(ServiceReference.class, Map.of("getBundle", bundle));
        return Part.of(reference, service);
    }

    /** An object of an OSGi interface that answers with fixed values, equal to itself only. */
    @SuppressWarnings("unchecked")
    private static <T, U> T proxy(Class<U> type, Map<String, Object> answers) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "equals" -> self == args[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> answers.get(method.getName());
                });
    }
}
