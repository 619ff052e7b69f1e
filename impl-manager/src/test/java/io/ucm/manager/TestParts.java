// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** Parts of bundles that are not there. */
final class TestParts {

    private TestParts() {}

    /** Of version 1.0.0; its service can't be called. */
    @SuppressWarnings("NullAway")
    static <S> Part<S> part(String name, long id, int ranking) {
        Bundle bundle = answering(
                Bundle.class, Map.of("getSymbolicName", name, "getBundleId", id, "getVersion", new Version(1, 0, 0)));
        ServiceReference<S> reference =
                answering(ServiceReference.class, Map.of("getBundle", bundle, "ranking", ranking));
        return new Part<>(reference, null, bundle);
    }

    /** Equal to itself only; references are compared by their ranking. */
    @SuppressWarnings("unchecked")
    private static <T, U> T answering(Class<U> type, Map<String, Object> answers) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "equals" -> self == args[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "compareTo" -> Integer.compare(ranking(self), ranking(args[0]));
                    case "getProperty" -> answers.get("ranking");
                    default -> answers.get(method.getName());
                });
    }

    private static int ranking(Object reference) {
        return (int) ((ServiceReference<?>) reference).getProperty("service.ranking");
    }
}
