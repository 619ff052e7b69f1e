// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Platform threads that do the same thing at once, each watching what it costs itself. Used by one thread. */
final class Crew implements AutoCloseable {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A number of operations in a row. */
    interface Batch {

        /** @return depends on what each operation gave, so that none can be left out */
        long run(long operations) throws Exception;
    }

    private final int size;
    private final ExecutorService threads;
    private final CyclicBarrier start;

    Crew(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size);
        this.start = new CyclicBarrier(size);
    }

    int size() {
        return size;
    }

    /**
     * @param operations of each thread
     * @param expected what each thread's batch must return
     */
    Cost run(Batch batch, long operations, long expected) throws Exception {
        Callable<Cost> task = () -> {
            start.await();
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long wall = System.nanoTime();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long result = batch.run(operations);
            long cpuAfter = THREADS.getCurrentThreadCpuTime();
            long wallAfter = System.nanoTime();
            long bytesAfter = THREADS.getCurrentThreadAllocatedBytes();
            if (result != expected) {
                throw new IllegalStateException("a batch returned " + result + " instead of " + expected);
            }
            return new Cost(
                    (double) (cpuAfter - cpu) / operations,
                    (double) (wallAfter - wall) / operations,
                    (double) (bytesAfter - bytes) / operations);
        };
        List<Cost> costs = new ArrayList<>();
        List<Future<Cost>> running = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            running.add(threads.submit(task));
        }
        for (Future<Cost> future : running) {
            costs.add(future.get());
        }
        return Cost.average(costs);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
