// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a driver's connection has beyond JDBC, found by its names: nothing here is compiled against a driver. */
final class DriverExtras {

    private DriverExtras() {}

    /** The way back to the values that all properties of the connection have now that can be read and written. */
    static Setting.Restore remember(Connection raw) throws SQLException {
        List<Setting.Restore> restores = new ArrayList<>();
        for (Method setter : raw.getClass().getMethods()) {
            Method getter = isOwn(setter) ? getter(raw, setter) : null;
            if (getter != null) {
                Object before = invoke(raw, getter);
                restores.add(connection -> invoke(connection, setter, before));
            }
        }
        return connection -> {
            for (Setting.Restore restore : restores) {
                restore.on(connection);
            }
        };
    }

    /** Notifications that came for who used the connection before are dropped. */
    static void dropNotifications(Connection raw) throws SQLException {
        Method notifications = method(raw, "getNotifications");
        if (notifications != null) {
            invoke(raw, notifications);
        }
    }

    private static boolean isOwn(Method method) {
        return method.getName().startsWith("set")
                && method.getParameterCount() == 1
                && !Modifier.isStatic(method.getModifiers())
                && isPublic(method)
                && Stream.of(Connection.class.getMethods())
                        .noneMatch(standard -> standard.getName().equals(method.getName()));
    }

    private static @Nullable Method getter(Connection raw, Method setter) {
        Class<?> type = setter.getParameterTypes()[0];
        String property = setter.getName().substring("set".length());
        return Stream.of("get", "is")
                .flatMap(prefix -> Stream.ofNullable(method(raw, prefix + property)))
                .filter(getter -> getter.getReturnType() == type)
                .filter(getter -> type.isPrimitive() || type.isEnum() || type == String.class)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Method method(Connection raw, String name) {
        return Stream.of(raw.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == 0)
                .filter(DriverExtras::isPublic)
                .findFirst()
                .orElse(null);
    }

    private static boolean isPublic(Method method) {
        return Modifier.isPublic(method.getDeclaringClass().getModifiers());
    }

    private static @Nullable Object invoke(Connection raw, Method method, @Nullable Object... arguments)
            throws SQLException {
        try {
            return method.invoke(raw, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new SQLException(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException(method + " can't be called", e);
        }
    }
}
