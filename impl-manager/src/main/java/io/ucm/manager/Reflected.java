// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A service of the container, asked by reflection: an import of its package would restart this bundle, and with it every
 * consumer, whenever the service's bundle is updated.
 */
final class Reflected {

    private final Object target;

    private Reflected(Object target) {
        this.target = target;
    }

    /** What the question is answered with; the other where there is no such service. */
    static <T> T ask(BundleContext context, String service, Function<Reflected, T> question, T otherwise) {
        ServiceReference<?> reference = context.getServiceReference(service);
        Object found = reference == null ? null : context.getService(reference);
        if (reference == null || found == null) {
            return otherwise;
        }
        try {
            return question.apply(new Reflected(found));
        } finally {
            context.ungetService(reference);
        }
    }

    /** An object that a service gave. */
    static Reflected of(Object object) {
        return new Reflected(object);
    }

    Object target() {
        return target;
    }

    /** Calls a method of one of the public interfaces that it has. */
    @Nullable
    Object call(String name, @Nullable Object... arguments) {
        for (Class<?> type : target.getClass().getInterfaces()) {
            Optional<java.lang.reflect.Method> method = Arrays.stream(type.getMethods())
                    .filter(m -> m.getName().equals(name) && m.getParameterCount() == arguments.length)
                    .findFirst();
            if (method.isPresent()) {
                try {
                    return method.get().invoke(target, arguments);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(type.getName() + "." + name + " can't be asked", e);
                }
            }
        }
        throw new IllegalStateException(target.getClass().getName() + " has no " + name);
    }

    /** A public field of a data transfer object. */
    @Nullable
    Object field(String name) {
        try {
            return target.getClass().getField(name).get(target);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(target.getClass().getName() + "." + name + " can't be read", e);
        }
    }

    String text(String field) {
        return String.valueOf(field(field));
    }
}
