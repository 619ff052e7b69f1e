// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The interactive shell on a terminal that is elsewhere: line editing, completion and signals happen here, keys and
 * output travel. Its user's {@code exit} ends it, and nothing else. Used by one thread, but for {@link #resize} and
 * {@link #close}.
 */
final class TerminalSession implements AutoCloseable {

    private static final String SHELL = "org.apache.felix.gogo.jline";
    private static final String JLINE = "org.jline";
    private static final String PROFILE = "gosh_attach_profile";
    private static final String[] ARGUMENTS = {"--login", "--noshutdown", "--nohistory"};

    private final Object terminal;
    private final Object shell;
    private final ShellSession session;

    private TerminalSession(Object terminal, Object shell, ShellSession session) {
        this.terminal = terminal;
        this.shell = shell;
        this.session = session;
    }

    static TerminalSession open(
            BundleContext context, String type, int columns, int lines, InputStream in, OutputStream out)
            throws Exception {
        Bundle jline = bundle(context, JLINE);
        Object terminal = jline.loadClass("org.jline.terminal.impl.ExternalTerminal")
                .getConstructor(String.class, String.class, InputStream.class, OutputStream.class, Charset.class)
                .newInstance("ucm", type, in, out, StandardCharsets.UTF_8);
        resize(terminal, columns, lines);
        InputStream keys = (InputStream) call(terminal, "input");
        OutputStream screen = (OutputStream) call(terminal, "output");
        ShellSession session = ShellSession.open(context, keys, screen, screen);
        Object shell = shell(context, session);
        session.put(".terminal", terminal);
        session.put(".attached", shell);
        return new TerminalSession(terminal, shell, session);
    }

    private static Object shell(BundleContext context, ShellSession session) throws Exception {
        Bundle bundle = bundle(context, SHELL);
        Class<?> type = bundle.loadClass(SHELL + ".Shell");
        Class<?> environment = bundle.loadClass(SHELL + ".Shell$Context");
        InvocationHandler answer = (proxy, method, arguments) ->
                method.getName().equals("getProperty") ? context.getProperty((String) arguments[0]) : null;
        return type.getConstructor(environment, session.processorType(), String.class)
                .newInstance(
                        Proxy.newProxyInstance(environment.getClassLoader(), new Class<?>[] {environment}, answer),
                        session.processor(),
                        PROFILE);
    }

    private static Bundle bundle(BundleContext context, String name) {
        return Stream.of(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the bundle " + name + " is not installed"));
    }

    /** Returns when the user leaves. */
    void run() throws Exception {
        ShellSession.invoke(
                shell.getClass().getMethod("gosh", session.type(), String[].class), shell, session.session(), (Object)
                        ARGUMENTS);
    }

    void resize(int columns, int lines) {
        try {
            resize(terminal, columns, lines);
            Class<?> signal = terminal.getClass().getClassLoader().loadClass("org.jline.terminal.Terminal$Signal");
            ShellSession.invoke(
                    terminal.getClass().getMethod("raise", signal),
                    terminal,
                    signal.getField("WINCH").get(null));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void resize(Object terminal, int columns, int lines) throws Exception {
        Class<?> size = terminal.getClass().getClassLoader().loadClass("org.jline.terminal.Size");
        ShellSession.invoke(
                terminal.getClass().getMethod("setSize", size),
                terminal,
                size.getConstructor(int.class, int.class).newInstance(columns, lines));
    }

    private static Object call(Object target, String method) throws Exception {
        return ShellSession.invoke(target.getClass().getMethod(method), target);
    }

    @Override
    public void close() {
        session.close();
        try {
            call(shell, "stop");
            call(terminal, "close");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
