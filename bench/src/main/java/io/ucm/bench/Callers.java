// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Platform threads that call one after the other's answer, each watching how long it waits. Used by one thread. */
final class Callers implements AutoCloseable {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** One call, which returns when it is done. */
    interface Call {

        /** @param id never given twice */
        void make(long id) throws Exception;
    }

    /**
     * What a call cost in one round.
     *
     * @param wallMicros the median, as its caller sees it
     * @param cpuMicros the average, of all threads of Java in the process
     */
    record Cost(double wallMicros, double cpuMicros) {}

    private final int size;
    private final ExecutorService threads;
    private final CyclicBarrier start;
    private long nextId;

    Callers(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size);
        this.start = new CyclicBarrier(size);
    }

    Cost run(Call call, int each) throws Exception {
        double[] waits = new double[size * each];
        List<Future<?>> running = new ArrayList<>();
        Map<Long, Long> before = cpuNanos();
        for (int i = 0; i < size; i++) {
            int first = i * each;
            long id = nextId + first;
            running.add(threads.submit(() -> {
                start.await();
                for (int n = 0; n < each; n++) {
                    long from = System.nanoTime();
                    call.make(id + n);
                    waits[first + n] = (System.nanoTime() - from) / 1e3;
                }
                return null;
            }));
        }
        for (Future<?> future : running) {
            future.get();
        }
        double cpu = 0;
        for (Map.Entry<Long, Long> thread : cpuNanos().entrySet()) {
            cpu += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        nextId += waits.length;
        return new Cost(new Sample(waits).median(), cpu / 1e3 / waits.length);
    }

    /** By thread. The process's own figure moves in steps of 10 ms on Linux. */
    private static Map<Long, Long> cpuNanos() {
        long[] ids = THREADS.getAllThreadIds();
        long[] nanos = THREADS.getThreadCpuTime(ids);
        Map<Long, Long> all = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (nanos[i] >= 0) {
                all.put(ids[i], nanos[i]);
            }
        }
        return all;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
