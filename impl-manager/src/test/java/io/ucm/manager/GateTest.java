// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GateTest {

    private static final Consumer CONSUMER = new Consumer(Workbench.bundle(1, "orders"));
    private static final Gate.Waiter NOTHING = waiter(() -> {});

    private final Gate gate = new Gate();

    @Test
    void letsNobodyInWithoutPermits() {
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNotNull();
        assertThat(gate.waiting()).isOne();
    }

    @Test
    void servesFirstComeFirstServed() {
        List<Integer> served = new ArrayList<>();
        for (int caller = 0; caller < 5; caller++) {
            int me = caller;
            gate.enter(Priority.NORMAL, waiter(() -> served.add(me)));
        }

        gate.resize(2);
        assertThat(served).containsExactly(0, 1);
        gate.exit();
        gate.exit();
        gate.exit();
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void servesHigherPriorityFirst() {
        List<Priority> served = new ArrayList<>();
        for (Priority priority : List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH)) {
            gate.enter(priority, waiter(() -> served.add(priority)));
        }

        gate.resize(3);

        assertThat(served).containsExactly(Priority.HIGH, Priority.NORMAL, Priority.LOW);
    }

    @Test
    void givesAFreedPermitToWhoWaitsNotToANewcomer() {
        gate.resize(1);
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNull();
        AtomicInteger granted = new AtomicInteger();
        gate.enter(Priority.NORMAL, waiter(granted::incrementAndGet));

        gate.exit();

        assertThat(granted).hasValue(1);
        assertThat(gate.enter(Priority.HIGH, NOTHING)).isNotNull();
    }

    @Test
    void leavingGivesUpThePlaceOnce() {
        Gate.Ticket ticket = gate.enter(Priority.NORMAL, NOTHING);

        assertThat(gate.leave(ticket)).isTrue();
        assertThat(gate.leave(ticket)).as("still without a permit").isTrue();
        assertThat(gate.waiting()).isZero();
        gate.resize(1);
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNull();
    }

    @Test
    void aShrunkGateLetsNobodyInUntilEnoughHaveLeft() {
        gate.resize(3);
        for (int i = 0; i < 3; i++) {
            gate.enter(Priority.NORMAL, NOTHING);
        }
        gate.resize(1);
        AtomicInteger granted = new AtomicInteger();
        gate.enter(Priority.NORMAL, waiter(granted::incrementAndGet));

        gate.exit();
        gate.exit();
        assertThat(granted).hasValue(0);
        gate.exit();
        assertThat(granted).hasValue(1);
    }

    @Test
    void takesFreePermitsAwayWhenItShrinks() {
        gate.resize(3);
        gate.resize(1);

        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNull();
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNotNull();
    }

    @Test
    void growingPaysWhatIsOwedFirst() {
        gate.resize(2);
        gate.enter(Priority.NORMAL, NOTHING);
        gate.enter(Priority.NORMAL, NOTHING);
        gate.resize(0);
        gate.resize(2);
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNotNull();
        gate.resize(3);
        gate.exit();
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNull();
    }

    @Test
    void blockingEntryReturnsFalseAtItsDeadline() throws Exception {
        long called = System.nanoTime();

        assertThat(gate.enter(Priority.NORMAL, CONSUMER, called + TimeUnit.MILLISECONDS.toNanos(30)))
                .isFalse();

        assertThat(System.nanoTime() - called).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void blockingEntryIsWokenByAnExit() throws Exception {
        gate.resize(1);
        gate.enter(Priority.NORMAL, NOTHING);
        CompletableFuture<Boolean> entered = CompletableFuture.supplyAsync(this::enterPatiently);
        Awaitility.await().until(() -> gate.waiting() == 1);

        gate.exit();

        assertThat(entered.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptedWaiterLeavesNoPlaceBehind() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                gate.enter(Priority.NORMAL, CONSUMER, System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
            } catch (InterruptedException e) {
                thrown.complete(e);
            }
        });
        waiter.start();
        Awaitility.await().until(() -> gate.waiting() == 1);

        waiter.interrupt();

        assertThat(thrown.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(InterruptedException.class);
        assertThat(gate.waiting()).isZero();
    }

    /** Callers that enter, give up, leave, while the gate is resized: never more inside than there may be, none lost. */
    @Test
    void keepsItsCountUnderContention() throws Exception {
        int most = 4;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        gate.resize(most);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            callers.add(threads.submit(() -> {
                go.await();
                for (int round = 0; round < 3_000; round++) {
                    long patience = ThreadLocalRandom.current().nextInt(200_000);
                    if (gate.enter(Priority.values()[round % 3], CONSUMER, System.nanoTime() + patience)) {
                        highest.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        inside.decrementAndGet();
                        gate.exit();
                        entered.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        callers.add(threads.submit(() -> {
            go.await();
            for (int round = 0; round < 3_000; round++) {
                gate.resize(ThreadLocalRandom.current().nextInt(most + 1));
            }
            gate.resize(most);
            return null;
        }));
        go.countDown();
        for (Future<?> caller : callers) {
            caller.get(50, TimeUnit.SECONDS);
        }
        threads.shutdown();

        assertThat(entered.get()).isPositive();
        assertThat(highest.get()).isLessThanOrEqualTo(most);
        assertThat(gate.waiting()).isZero();
        for (int i = 0; i < most; i++) {
            assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNull();
        }
        assertThat(gate.enter(Priority.NORMAL, NOTHING)).isNotNull();
    }

    @Test
    void everyQueuedCallerIsGrantedOnce() {
        ConcurrentLinkedQueue<Integer> granted = new ConcurrentLinkedQueue<>();
        for (int caller = 0; caller < 1_000; caller++) {
            int me = caller;
            gate.enter(Priority.NORMAL, waiter(() -> {
                granted.add(me);
                gate.exit();
            }));
        }

        gate.resize(3);

        assertThat(granted).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void aStoppedBundlesCallersLoseTheirPlacesAndNobodyElse() throws Exception {
        Consumer stopped = new Consumer(Workbench.bundle(2, "stopped"));
        List<String> events = new CopyOnWriteArrayList<>();
        gate.enter(Priority.NORMAL, named("first", CONSUMER, events));
        gate.enter(Priority.HIGH, named("stopped", stopped, events));
        gate.enter(Priority.NORMAL, named("second", CONSUMER, events));
        CompletableFuture<Boolean> parked = CompletableFuture.supplyAsync(() -> enterPatiently(stopped));
        Awaitility.await().until(() -> gate.waiting() == 4);

        stopped.end();
        gate.evict(stopped);

        assertThat(parked.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(gate.waiting()).isEqualTo(2);
        gate.resize(2);
        assertThat(events).containsExactly("stopped evicted", "first granted", "second granted");
    }

    @Test
    @Timeout(20)
    void aCallerThatComesAfterItsBundleStoppedDoesNotWait() {
        Consumer stopped = new Consumer(Workbench.bundle(2, "stopped"));
        stopped.end();

        assertThat(enterPatiently(stopped)).isFalse();
        assertThat(gate.waiting()).isZero();
    }

    private static Gate.Waiter named(String name, Consumer consumer, List<String> events) {
        return new Gate.Waiter() {
            @Override
            public Consumer consumer() {
                return consumer;
            }

            @Override
            public void granted() {
                events.add(name + " granted");
            }

            @Override
            public void evicted() {
                events.add(name + " evicted");
            }
        };
    }

    private static Gate.Waiter waiter(Runnable onGranted) {
        return new Gate.Waiter() {
            @Override
            public Consumer consumer() {
                return CONSUMER;
            }

            @Override
            public void granted() {
                onGranted.run();
            }

            @Override
            public void evicted() {
                throw new AssertionError("its bundle did not stop");
            }
        };
    }

    private boolean enterPatiently() {
        return enterPatiently(CONSUMER);
    }

    private boolean enterPatiently(Consumer consumer) {
        try {
            return gate.enter(Priority.NORMAL, consumer, System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
        } catch (InterruptedException e) {
            return false;
        }
    }
}
