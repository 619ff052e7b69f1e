// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Commands in the place of the manager's, and one bundle's idle talk to standard output. What {@code ucm:ready} does
 * is the value of the property {@code ucm.test.ready}: nothing, {@code fail} or {@code block}.
 */
public final class CommandsActivator implements BundleActivator {

    private final AtomicInteger blocked = new AtomicInteger();
    private volatile String ready;

    @Override
    public void start(BundleContext context) {
        ready = context.getProperty("ucm.test.ready");
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", "ucm");
        properties.put(
                "osgi.command.function",
                new String[] {"ready", "boom", "prints", "returns", "blocks", "blocked", "where", "takes", "wait"});
        context.registerService(CommandsActivator.class, this, properties);
        System.out.println("a bundle talks");
        new Thread(() -> System.out.println("a thread talks")).start();
    }

    @Override
    public void stop(BundleContext context) {
        System.out.println("a bundle stops");
    }

    public String ready(String[] arguments) throws InterruptedException {
        if ("fail".equals(ready)) {
            throw new IllegalStateException("orders/ADMIN: no node is up");
        }
        if ("block".equals(ready)) {
            blocks();
        }
        return "ready " + String.join(" ", arguments);
    }

    public void boom() {
        throw new IllegalStateException("it went wrong", new IllegalArgumentException("seven is too many"));
    }

    public void prints() {
        System.out.println("printed größer");
    }

    public String returns() {
        return "returned größer";
    }

    public void blocks() throws InterruptedException {
        blocked.incrementAndGet();
        System.err.println("a command blocks");
        try {
            new CountDownLatch(1).await();
        } finally {
            blocked.decrementAndGet();
        }
    }

    /** How many commands block now. */
    public int blocked() {
        return blocked.get();
    }

    public String takes(
            @Parameter(
                            names = {"-s", "--seconds"},
                            absentValue = Parameter.UNSPECIFIED)
                    int seconds,
            String word) {
        return word + " for " + seconds;
    }

    /** The shell finds {@code Object.wait()} too. */
    public String wait(
            @Parameter(
                            names = {"-s", "--seconds"},
                            absentValue = Parameter.UNSPECIFIED)
                    int seconds,
            String word) {
        return word + " waited " + seconds;
    }

    public String where() {
        return System.getProperty("ucm.instance");
    }
}
