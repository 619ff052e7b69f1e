// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A session of the container's shell. Not thread-safe.
 *
 * <p>The launcher's class loader does not share the shell's classes, so they are reached through their public
 * interfaces by reflection.
 */
final class ShellSession implements AutoCloseable {

    private static final String PACKAGE = "org.apache.felix.service.command.";

    /** {@code Converter.INSPECT}: the long form, as an interactive shell prints it. */
    private static final int INSPECT = 0;

    private static final String TERMINAL_BUNDLE = "org.jline";

    private final Class<?> type;
    private final Class<?> processorType;
    private final Object processor;
    private final Object session;

    private ShellSession(Class<?> type, Class<?> processorType, Object processor, Object session) {
        this.type = type;
        this.processorType = processorType;
        this.processor = processor;
        this.session = session;
    }

    /** Opens a session; {@code System.out} and {@code System.err} of its commands are the streams given. */
    static ShellSession open(BundleContext context, InputStream in, OutputStream out, OutputStream err)
            throws Exception {
        ServiceReference<?> reference = context.getServiceReference(PACKAGE + "CommandProcessor");
        Object processor = reference == null ? null : context.getService(reference);
        if (processor == null) {
            throw new IllegalStateException("no shell: no bundle offers a " + PACKAGE + "CommandProcessor");
        }
        Bundle shell = reference.getBundle();
        Class<?> processorType = shell.loadClass(PACKAGE + "CommandProcessor");
        Method create =
                processorType.getMethod("createSession", InputStream.class, OutputStream.class, OutputStream.class);
        ShellSession session = new ShellSession(
                shell.loadClass(PACKAGE + "CommandSession"),
                processorType,
                processor,
                invoke(create, processor, in, out, err));
        session.useNoTerminal(context, in, out);
        return session;
    }

    /** Without a terminal of type 'dumb' commands such as grep take what they print to for one with colours. */
    private void useNoTerminal(BundleContext context, InputStream in, OutputStream out) throws Exception {
        for (Bundle bundle : context.getBundles()) {
            if (TERMINAL_BUNDLE.equals(bundle.getSymbolicName())) {
                Object terminal = bundle.loadClass("org.jline.terminal.impl.DumbTerminal")
                        .getConstructor(
                                String.class, String.class, InputStream.class, OutputStream.class, Charset.class)
                        .newInstance("ucm", "dumb", in, out, StandardCharsets.UTF_8);
                put(".terminal", terminal);
            }
        }
    }

    void put(String variable, Object value) throws Exception {
        invoke(type.getMethod("put", String.class, Object.class), session, variable, value);
    }

    /** Of a variable or a command, which has a colon in its name; null if there is none. */
    @Nullable
    Object get(String variable) throws Exception {
        return invoke(type.getMethod("get", String.class), session, variable);
    }

    Class<?> type() {
        return type;
    }

    Object session() {
        return session;
    }

    Class<?> processorType() {
        return processorType;
    }

    Object processor() {
        return processor;
    }

    /** Runs one command, and throws what it threw. */
    @Nullable
    Object execute(CharSequence command) throws Exception {
        return invoke(type.getMethod("execute", CharSequence.class), session, command);
    }

    /** What an interactive shell would print for the value that a command returned. */
    CharSequence format(Object value) throws Exception {
        Object text = invoke(type.getMethod("format", Object.class, int.class), session, value, INSPECT);
        return text == null ? "" : (CharSequence) text;
    }

    @Override
    public void close() {
        try {
            type.getMethod("close").invoke(session);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static @Nullable Object invoke(Method method, Object target, Object... arguments) throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
