// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** References to services that no framework knows, from the bundle {@code test.bundle}. */
final class Services {

    private static final AtomicLong IDS = new AtomicLong();

    private Services() {}

    static <S> ServiceReference<S> reference() {
        return reference(Map.of());
    }

    @SuppressWarnings("unchecked")
    static <S> ServiceReference<S> reference(Map<String, Object> properties) {
        long id = IDS.incrementAndGet();
        return fake(ServiceReference.class, (self, method, args) -> switch (method.getName()) {
            case "getProperty" -> args[0].equals(Constants.SERVICE_ID) ? id : properties.get(args[0]);
            case "getPropertyKeys" -> properties.keySet().toArray(String[]::new);
            case "getBundle" -> fake(Bundle.class, (bundle, asked, nothing) -> "test.bundle");
            case "hashCode" -> (int) id;
            case "equals" -> self == args[0];
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Services.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
