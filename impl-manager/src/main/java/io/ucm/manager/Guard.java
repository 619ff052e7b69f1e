// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stands before an object of the driver's that reaches the server: it ends with its connection. */
final class Guard implements InvocationHandler {

    private final UcmConnection connection;
    private final Object part;

    private Guard(UcmConnection connection, Object part) {
        this.connection = connection;
        this.part = part;
    }

    /** The part behind a guard, with all the public interfaces that it has; what null was stays so. */
    static <T> @Nullable T of(UcmConnection connection, Class<T> type, @Nullable T part) {
        if (part == null) {
            return null;
        }
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        interfaces.add(type);
        for (Class<?> from = part.getClass(); from != null; from = from.getSuperclass()) {
            for (Class<?> each : from.getInterfaces()) {
                if (Modifier.isPublic(each.getModifiers())) {
                    interfaces.add(each);
                }
            }
        }
        return type.cast(Proxy.newProxyInstance(
                part.getClass().getClassLoader(), interfaces.toArray(Class<?>[]::new), new Guard(connection, part)));
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                default -> part.getClass().getName() + " of " + connection;
            };
        }
        try {
            connection.ensureOpen();
        } catch (SQLException e) {
            throw List.of(method.getExceptionTypes()).contains(SQLException.class) ? e : new IllegalStateException(e);
        }
        try {
            return method.invoke(part, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException failure ? connection.failed(failure) : e.getCause();
        }
    }
}
