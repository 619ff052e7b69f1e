// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * One framework with the bundles of a {@link Home}, in an {@link Instance} of its own.
 *
 * <p>Used by the thread that made it, which also starts the bundles. Only {@link #close()} may come from another
 * thread, at any moment; it interrupts that one.
 */
final class Container {

    private static final long STOP_LIMIT_NANOS = SECONDS.toNanos(30);

    /** How long an interrupted start may take to leave the bundle that it is in. */
    private static final long LEAVE_LIMIT_NANOS = SECONDS.toNanos(10);

    private static final String TERMINAL_BUNDLE = "org.apache.felix.gogo.jline";

    private final Home home;
    private final Options options;
    private final boolean interactive;
    private final Progress progress;
    private final Thread user = Thread.currentThread();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch startLeft = new CountDownLatch(1);

    private volatile boolean starting;
    private volatile @Nullable Instance instance;
    private volatile @Nullable OperatorFolder folder;
    private volatile @Nullable Framework framework;

    Container(Home home, Options options, boolean interactive, Progress progress) {
        this.home = home;
        this.options = options;
        this.interactive = interactive;
        this.progress = progress;
    }

    /** Once true, whatever fails fails because of it. */
    boolean isClosing() {
        return closing.get();
    }

    /** False if a bundle did not start or resolve; it was named with the reason. To be called once. */
    boolean start() throws BundleException, IOException, InterruptedException {
        starting = true;
        try {
            List<Home.BundleFile> files = home.bundles();
            BundleStarter starter = new BundleStarter(open(files).getBundleContext(), progress, this::isClosing);
            starter.install(files);
            boolean succeeded = starter.start(bundle -> !interactive || !isTerminal(bundle));
            removeLeftovers();
            return succeeded;
        } finally {
            startLeft.countDown();
        }
    }

    private Framework open(List<Home.BundleFile> files) throws BundleException, IOException, InterruptedException {
        if (isClosing()) {
            throw new InterruptedException("closed before the start");
        }
        Instance created = Instance.create();
        instance = created;
        OperatorFolder configured = OperatorFolder.of(options.config(), created);
        folder = configured;
        System.setProperty("ucm.home", home.folder().toString());
        System.setProperty("ucm.instance", created.folder().toString());
        System.setProperty("ucm.log.dir", configured.log().toString());
        System.setProperty("logback.configurationFile", configured.logback(home).toString());
        Framework opened = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(FrameworkProperties.of(home, files, created, configured, interactive));
        framework = opened;
        opened.init();
        opened.start();
        return opened;
    }

    /** Only now: the embedded bundle has ended the servers of killed containers. */
    private void removeLeftovers() {
        Instance own = instance;
        try {
            if (own != null) {
                new Leftovers(own.folder().getParent(), progress).remove(own);
            }
        } catch (IOException e) {
            progress.say("could not look for what killed containers left: " + Failure.message(e));
        }
    }

    /** Where bundles and configurations can be dropped in. */
    OperatorFolder folder() {
        OperatorFolder opened = folder;
        if (opened == null) {
            throw new IllegalStateException("not started");
        }
        return opened;
    }

    /** Blocks up to 60 s until every configured manager serves, then throws with the reasons. */
    void awaitReady() throws Exception {
        long start = System.nanoTime();
        Readiness.await(opened().getBundleContext(), progress.out());
        progress.step("managers", start);
    }

    /** As {@link #awaitReady()}, but says nothing meanwhile. */
    void awaitReadyQuietly() throws Exception {
        Readiness.await(opened().getBundleContext(), new PrintStream(OutputStream.nullOutputStream()));
    }

    /** Starts the shell that talks to the terminal. It stops the framework when its user leaves. */
    void startTerminal() throws BundleException, ClassNotFoundException {
        Bundle terminal = Stream.of(opened().getBundleContext().getBundles())
                .filter(Container::isTerminal)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the bundle " + TERMINAL_BUNDLE + " is not installed"));
        // JLine looks its ways to a terminal up by the context class loader only.
        ClassLoader before = user.getContextClassLoader();
        user.setContextClassLoader(
                terminal.loadClass("org.jline.terminal.Terminal").getClassLoader());
        try {
            terminal.start();
        } finally {
            user.setContextClassLoader(before);
        }
    }

    ShellSession openShell(Streams streams) throws Exception {
        return ShellSession.open(opened().getBundleContext(), streams.in(), streams.out(), streams.err());
    }

    Tour tour() {
        return new Tour(opened().getBundleContext(), home, progress);
    }

    TerminalSession openTerminal(String type, int columns, int lines, FrameInput in, FrameOutput out) throws Exception {
        return TerminalSession.open(opened().getBundleContext(), type, columns, lines, in, out);
    }

    void awaitStop() throws InterruptedException {
        opened().waitForStop(0);
    }

    /** False if it still runs after that time. */
    boolean awaitStop(Duration limit) throws InterruptedException {
        return opened().waitForStop(limit.toMillis()).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    /** Stops every bundle, waiting up to 30 s, and removes the instance's folder. A second call does nothing. */
    void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + STOP_LIMIT_NANOS;
        user.interrupt();
        try {
            if (starting) {
                startLeft.await(LEAVE_LIMIT_NANOS, NANOSECONDS);
            }
            if (!stop(deadline)) {
                progress.say("the bundles did not stop within 30 s; what they started is killed");
                ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            }
        } catch (BundleException e) {
            progress.say("stopping: " + Failure.message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            delete();
        }
    }

    private boolean stop(long deadline) throws BundleException, InterruptedException {
        Framework running = framework;
        if (running == null) {
            return true;
        }
        running.stop();
        long left = Math.max(1, NANOSECONDS.toMillis(deadline - System.nanoTime()));
        return running.waitForStop(left).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    private void delete() {
        Instance created = instance;
        if (created == null) {
            return;
        }
        try {
            created.delete();
        } catch (IOException e) {
            progress.say("could not remove " + created.folder() + ": " + Failure.message(e));
        }
    }

    private Framework opened() {
        Framework opened = framework;
        if (opened == null) {
            throw new IllegalStateException("not started");
        }
        return opened;
    }

    private static boolean isTerminal(Bundle bundle) {
        return TERMINAL_BUNDLE.equals(bundle.getSymbolicName());
    }
}
