// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The clients of one run, the two threads that they share, and their calls. Started once, ended once; thread-safe. */
public final class Load {

    private static final int THREADS = 2;

    private final String name;
    private final Calls calls = new Calls();
    private final ScheduledExecutorService executor;
    private final List<? extends Client> clients;
    private final long started = System.nanoTime();

    private Load(String name, int count, BiFunction<Calls, Executor, ? extends Client> client) {
        AtomicInteger threads = new AtomicInteger();
        this.name = name;
        this.executor = Executors.newScheduledThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, name + "-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.clients = Stream.generate(() -> client.apply(calls, executor))
                .limit(count)
                .toList();
    }

    /** @param name what the threads and the progress are called */
    public static Load start(String name, int clients, BiFunction<Calls, Executor, ? extends Client> client) {
        Load load = new Load(name, clients, client);
        load.clients.forEach(one -> one.start(load.executor));
        return load;
    }

    public Calls calls() {
        return calls;
    }

    public long elapsedMs() {
        return (System.nanoTime() - started) / 1_000_000;
    }

    /** Blocks for so long, and shows a line of progress each second. */
    public void watch(int seconds) throws InterruptedException {
        for (int second = 0; second < seconds; second++) {
            TimeUnit.SECONDS.sleep(1);
            System.err.printf(
                    "%s: %d s, %d requests, %d failed%n", name, elapsedMs() / 1_000, calls.count(), calls.failed());
        }
    }

    /** No call begins any more; completes when every answer that was out is in. */
    public CompletableFuture<Void> stop() {
        clients.forEach(Client::stop);
        return CompletableFuture.allOf(clients.stream().map(Client::ended).toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> executor.shutdown());
    }
}
