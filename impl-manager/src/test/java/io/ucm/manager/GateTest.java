// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Priority;
import io.ucm.manager.Gate.Verdict;
import java.time.Duration;
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
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GateTest {

    private static final Consumer CONSUMER = new Consumer(Workbench.bundle(1, "orders"));
    private static final long PATIENT = System.nanoTime() + TimeUnit.HOURS.toNanos(10);
    private static final Waiter NOTHING = waiter(() -> {});

    private final Gate gate = new Gate(() -> 0);

    @Test
    void letsNobodyInWithoutPermits() {
        assertThat(enter(NOTHING)).isInstanceOf(Ticket.class);
        assertThat(gate.waiting()).isOne();
    }

    @Test
    void servesFirstComeFirstServed() {
        List<Integer> served = new ArrayList<>();
        for (int caller = 0; caller < 5; caller++) {
            int me = caller;
            enter(waiter(() -> served.add(me)));
        }

        gate.resize(2);
        assertThat(served).containsExactly(0, 1);
        exit();
        exit();
        exit();
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void servesHigherPriorityFirst() {
        List<Priority> served = new ArrayList<>();
        for (Priority priority : List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH)) {
            enter(priority, waiter(() -> served.add(priority)));
        }

        gate.resize(3);

        assertThat(served).containsExactly(Priority.HIGH, Priority.NORMAL, Priority.LOW);
    }

    @Test
    void givesAFreedPermitToWhoWaitsNotToANewcomer() {
        gate.resize(1);
        assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
        AtomicInteger granted = new AtomicInteger();
        enter(waiter(granted::incrementAndGet));

        exit();

        assertThat(granted).hasValue(1);
        assertThat(enter(Priority.HIGH, NOTHING)).isInstanceOf(Ticket.class);
    }

    @Test
    void whoWaitedInVainForAServerIsNoMeasureForOthers() {
        gate.resize(1);
        for (int i = 0; i < 100; i++) {
            // Of round numbers each is timed.
            long longAgo = System.nanoTime() - TimeUnit.SECONDS.toNanos(i < 20 ? 0 : 5) & -1024;
            assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
            if (i < 20) {
                gate.exit(CONSUMER, longAgo);
            } else {
                gate.exitOfLost(CONSUMER, longAgo);
            }
        }
        enter(NOTHING);

        Pause.of(Duration.ofMillis(50));
        long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        assertThat(gate.enter(Priority.NORMAL, NOTHING, soon)).isInstanceOf(Ticket.class);
    }

    @Test
    void leavingGivesUpThePlaceOnce() {
        Ticket ticket = (Ticket) enter(NOTHING);

        assertThat(gate.leave(ticket)).isTrue();
        assertThat(gate.leave(ticket)).isFalse();
        assertThat(gate.waiting()).isZero();
        gate.resize(1);
        assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
    }

    @Test
    void aShrunkGateLetsNobodyInUntilEnoughHaveLeft() {
        gate.resize(3);
        for (int i = 0; i < 3; i++) {
            enter(NOTHING);
        }
        gate.resize(1);
        AtomicInteger granted = new AtomicInteger();
        enter(waiter(granted::incrementAndGet));

        exit();
        exit();
        assertThat(granted).hasValue(0);
        exit();
        assertThat(granted).hasValue(1);
    }

    @Test
    void takesFreePermitsAwayWhenItShrinks() {
        gate.resize(3);
        gate.resize(1);

        assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
        assertThat(enter(NOTHING)).isInstanceOf(Ticket.class);
    }

    @Test
    void growingPaysWhatIsOwedFirst() {
        gate.resize(2);
        enter(NOTHING);
        enter(NOTHING);
        gate.resize(0);
        gate.resize(2);
        assertThat(enter(NOTHING)).isInstanceOf(Ticket.class);
        gate.resize(3);
        exit();
        assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
    }

    @Test
    void blockingEntryReturnsFalseAtItsDeadline() throws Exception {
        long called = System.nanoTime();

        assertThat(await(Priority.NORMAL, CONSUMER, called + TimeUnit.MILLISECONDS.toNanos(30)))
                .isEqualTo(Verdict.OUTSIDE);

        assertThat(System.nanoTime() - called).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void blockingEntryIsWokenByAnExit() throws Exception {
        gate.resize(1);
        enter(NOTHING);
        CompletableFuture<Boolean> entered = CompletableFuture.supplyAsync(this::enterPatiently);
        Awaitility.await().until(() -> gate.waiting() == 1);

        exit();

        assertThat(entered.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptedWaiterLeavesNoPlaceBehind() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                await(Priority.NORMAL, CONSUMER, System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
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
            Consumer consumer = new Consumer(Workbench.bundle(10 + i % 3, "bundle" + i % 3));
            callers.add(threads.submit(() -> {
                go.await();
                for (int round = 0; round < 3_000; round++) {
                    long patience = ThreadLocalRandom.current().nextInt(200_000);
                    if (await(Priority.values()[round % 3], consumer, System.nanoTime() + patience) == Verdict.INSIDE) {
                        highest.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        inside.decrementAndGet();
                        gate.exit(consumer, System.nanoTime());
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
            assertThat(enter(NOTHING)).isEqualTo(Verdict.INSIDE);
        }
        assertThat(enter(NOTHING)).isInstanceOf(Ticket.class);
    }

    @Test
    void everyQueuedCallerIsGrantedOnce() {
        ConcurrentLinkedQueue<Integer> granted = new ConcurrentLinkedQueue<>();
        for (int caller = 0; caller < 1_000; caller++) {
            int me = caller;
            enter(waiter(() -> granted.add(me)));
        }

        gate.resize(3);
        for (int left = 0; left < granted.size(); left++) {
            exit();
        }

        assertThat(granted).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void aStoppedBundlesCallersLoseTheirPlacesAndNobodyElse() throws Exception {
        Consumer stopped = new Consumer(Workbench.bundle(2, "stopped"));
        List<String> events = new CopyOnWriteArrayList<>();
        enter(named("first", CONSUMER, events));
        enter(Priority.HIGH, named("stopped", stopped, events));
        enter(named("second", CONSUMER, events));
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

    @Test
    void aBundleThatHoldsItsShareComesAfterThoseThatHoldLess() {
        Consumer greedy = new Consumer(Workbench.bundle(2, "greedy"));
        List<String> served = new ArrayList<>();
        gate.resize(4);
        for (int i = 0; i < 10; i++) {
            enter(Priority.HIGH, named("greedy", greedy, served));
        }
        for (int i = 0; i < 3; i++) {
            enter(Priority.LOW, named("modest", CONSUMER, served));
        }

        for (int i = 0; i < 4; i++) {
            gate.exit(greedy, System.nanoTime());
        }

        assertThat(served).containsExactly("modest granted", "modest granted", "greedy granted", "greedy granted");
    }

    @Test
    void aShareThatNobodyElseWantsIsAnybodys() {
        List<String> served = new ArrayList<>();
        gate.resize(2);
        enter(waiter(() -> {}));
        enter(named("one", new Consumer(Workbench.bundle(2, "other")), served));
        enter(named("two", CONSUMER, served));
        enter(named("three", CONSUMER, served));

        exit();
        exit();

        assertThat(served).containsExactly("two granted", "three granted");
    }

    @Test
    void aShareCanBeSet() {
        Consumer greedy = new Consumer(Workbench.bundle(2, "greedy"));
        List<String> served = new ArrayList<>();
        Gate quarter = new Gate(() -> 25);
        for (int i = 0; i < 4; i++) {
            quarter.enter(Priority.NORMAL, named("greedy", greedy, served), PATIENT);
        }
        for (int i = 0; i < 4; i++) {
            quarter.enter(Priority.NORMAL, named("modest", CONSUMER, served), PATIENT);
        }

        quarter.resize(4);

        assertThat(served).containsExactly("greedy granted", "modest granted", "greedy granted", "greedy granted");
    }

    @Test
    void turnsAwayWhoWouldWaitTooLongAndSaysHowLong() {
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        enter(NOTHING);
        enter(NOTHING);

        Gate.Entry late = gate.enter(Priority.NORMAL, NOTHING, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(150));
        Gate.Entry patient = gate.enter(Priority.NORMAL, NOTHING, System.nanoTime() + TimeUnit.SECONDS.toNanos(2));

        assertThat(late).isInstanceOf(Gate.Refused.class);
        assertThat(((Gate.Refused) late).expectedWait()).isBetween(Duration.ofMillis(190), Duration.ofMillis(210));
        assertThat(patient).isInstanceOf(Ticket.class);
        assertThat(gate.waiting()).isEqualTo(2);
    }

    @Test
    void turnsNobodyAwayWhenAPermitIsFree() {
        gate.resize(1);
        holdEachFor(TimeUnit.SECONDS.toNanos(100), 2_000);

        assertThat(gate.enter(Priority.NORMAL, NOTHING, System.nanoTime())).isEqualTo(Verdict.INSIDE);
    }

    /** After an outage a pool opens one connection after the other. */
    @Test
    void turnsNobodyAwayForTheFirstPermitOfMany() {
        gate.resize(10);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 400);
        Pause.of(Duration.ofMillis(500));
        gate.resize(0);
        List<String> events = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (int caller = 0; caller < 20; caller++) {
            enter(named("caller " + caller, CONSUMER, events, deadline));
        }

        gate.resize(1);

        assertThat(events).containsExactly("caller 0 granted");
    }

    @Test
    void turnsNobodyAwayWhileNothingServes() {
        gate.resize(1);
        holdEachFor(TimeUnit.SECONDS.toNanos(100), 2_000);
        gate.resize(0);

        assertThat(gate.enter(Priority.NORMAL, NOTHING, System.nanoTime() + 1)).isInstanceOf(Ticket.class);
    }

    @Test
    void aHighPriorityWaitsForItsOwnOnly() {
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        for (int i = 0; i < 20; i++) {
            enter(NOTHING);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);

        assertThat(gate.enter(Priority.LOW, NOTHING, deadline)).isInstanceOf(Gate.Refused.class);
        assertThat(gate.enter(Priority.HIGH, NOTHING, deadline)).isInstanceOf(Ticket.class);
    }

    @Test
    void anotherBundlesQueueIsNotWaitedFor() {
        gate.resize(2);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(200), 2_000);
        for (int i = 0; i < 22; i++) {
            enter(NOTHING);
        }
        Waiter modest = named("modest", new Consumer(Workbench.bundle(2, "modest")), new ArrayList<>());
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(380);

        assertThat(gate.enter(Priority.NORMAL, NOTHING, deadline)).isInstanceOf(Gate.Refused.class);
        assertThat(gate.enter(Priority.NORMAL, modest, deadline)).isInstanceOf(Ticket.class);
    }

    /** They came while each took 5 ms; now each takes 20 ms. */
    @Test
    void turnsAwayWhoWaitsAlreadyWhenTheQueueSlowsDown() {
        List<String> events = new ArrayList<>();
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(5), 2_000);
        enter(NOTHING);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
        for (int i = 0; i < 60; i++) {
            gate.enter(Priority.NORMAL, named("" + i, CONSUMER, events, deadline), deadline);
        }
        assertThat(gate.waiting()).isEqualTo(60);

        while (gate.waiting() > 0) {
            Pause.of(Duration.ofMillis(20));
            exit();
        }

        List<String> beforeTheLastKnew = events.subList(0, events.indexOf("59 turned away"));
        assertThat(granted(events)).isBetween(10L, 30L);
        assertThat(granted(beforeTheLastKnew)).isLessThan(20);
        assertThat(events).hasSize(60).startsWith("0 granted", "1 granted");
    }

    private static long granted(List<String> events) {
        return events.stream().filter(event -> event.endsWith("granted")).count();
    }

    @Test
    void aPermitIsNotWastedOnWhoHasNoTimeLeftForItsWork() {
        List<String> events = new ArrayList<>();
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        enter(NOTHING);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400);
        gate.enter(Priority.NORMAL, named("short of time", CONSUMER, events, deadline), deadline);
        enter(named("patient", CONSUMER, events));

        Pause.of(Duration.ofMillis(230));
        exit();

        assertThat(events).containsExactly("short of time turned away", "patient granted");
    }

    /** The others who wait have been looked at just before. */
    @Test
    void whoIsNextIsLookedAtWheneverAPermitIsGiven() {
        List<String> events = new ArrayList<>();
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        enter(NOTHING);
        enter(named("first", CONSUMER, events));
        Pause.of(Duration.ofMillis(20));
        exit();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(101);
        gate.enter(Priority.NORMAL, named("short of time", CONSUMER, events, deadline), PATIENT);

        Pause.of(Duration.ofMillis(2));
        exit();

        assertThat(events).containsExactly("first granted", "short of time turned away");
    }

    /** It wants 500 ms for its work, which takes 100 ms at present. */
    @Test
    void keepsTimeForTheWorkWhereTheCallerSaysHowMuch() {
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        enter(NOTHING);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
        Waiter caller = named("caller", CONSUMER, new ArrayList<>(), deadline);

        Gate.Entry withTime = gate.enter(Priority.NORMAL, caller, deadline);
        ((Ticket) withTime).leave();
        Gate.Entry withMore = gate.enter(Priority.NORMAL, caller, deadline - TimeUnit.MILLISECONDS.toNanos(500));

        assertThat(withMore).isInstanceOf(Gate.Refused.class);
    }

    /** Its deadline is for the permit. */
    @Test
    void whoWantsAPermitOnlyGetsItUpToItsDeadline() throws Exception {
        gate.resize(1);
        holdEachFor(TimeUnit.MILLISECONDS.toNanos(100), 2_000);
        enter(NOTHING);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        CompletableFuture<Gate.Entry> parked = CompletableFuture.supplyAsync(() -> {
            try {
                return await(Priority.NORMAL, CONSUMER, deadline);
            } catch (InterruptedException e) {
                return Verdict.OUTSIDE;
            }
        });

        Pause.of(Duration.ofMillis(230));
        exit();

        assertThat(parked.get(10, TimeUnit.SECONDS)).isEqualTo(Verdict.INSIDE);
    }

    @Test
    void sendsAwayWhoMayGoElsewhereAndKeepsTheOthersPlaces() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        enter(named("first", CONSUMER, events));
        enter(named("movable", CONSUMER, events));
        enter(named("second", CONSUMER, events));
        CompletableFuture<Gate.Entry> parked = CompletableFuture.supplyAsync(() -> {
            try {
                return await(Priority.NORMAL, CONSUMER, PATIENT);
            } catch (InterruptedException e) {
                return Verdict.OUTSIDE;
            }
        });
        Awaitility.await().until(() -> gate.waiting() == 4);

        gate.disperse();

        assertThat(parked.get(10, TimeUnit.SECONDS)).isEqualTo(Verdict.ELSEWHERE);
        gate.resize(4);
        assertThat(events).containsExactly("movable moved", "first granted", "second granted");
    }

    /** Calls that come and go one after the other, as if each had taken so long. */
    private void holdEachFor(long nanos, int calls) {
        for (int i = 0; i < calls; i++) {
            enter(NOTHING);
            gate.exit(CONSUMER, System.nanoTime() - nanos);
        }
        // So far that it may speak of what the tests ask for.
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(120);
        while (System.nanoTime() - until < 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private Gate.Entry enter(Waiter waiter) {
        return enter(Priority.NORMAL, waiter);
    }

    private Gate.Entry enter(Priority priority, Waiter waiter) {
        return gate.enter(priority, waiter, PATIENT);
    }

    /** As a thread does that may wait. */
    private Gate.Entry await(Priority priority, Consumer consumer, long deadline) throws InterruptedException {
        Parked parked = new Parked(consumer, Thread.currentThread(), deadline, true);
        Gate.Entry entry = gate.enter(priority, parked, deadline);
        return entry instanceof Ticket ticket ? parked.await(ticket) : entry;
    }

    private void exit() {
        gate.exit(CONSUMER, System.nanoTime());
    }

    /** Those of this test need twice what short work takes. */
    private static Waiter named(String name, Consumer consumer, List<String> events) {
        return named(name, consumer, events, PATIENT);
    }

    private static Waiter named(String name, Consumer consumer, List<String> events, long deadline) {
        return new Waiter() {
            @Override
            public Consumer consumer() {
                return consumer;
            }

            @Override
            public long deadline() {
                return deadline;
            }

            @Override
            public long needed(long work) {
                return 2 * work;
            }

            @Override
            public void turnedAway(Gate.Refused why) {
                events.add(name + " turned away");
            }

            @Override
            public void granted() {
                events.add(name + " granted");
            }

            @Override
            public void evicted() {
                events.add(name + " evicted");
            }

            @Override
            public boolean isMovable() {
                return name.startsWith("movable");
            }

            @Override
            public void moved() {
                events.add(name + " moved");
            }
        };
    }

    static Waiter waiter(Runnable onGranted) {
        return new Waiter() {
            @Override
            public Consumer consumer() {
                return CONSUMER;
            }

            @Override
            public long deadline() {
                return PATIENT;
            }

            @Override
            public long needed(long work) {
                return 2 * work;
            }

            @Override
            public void turnedAway(Gate.Refused why) {
                throw new AssertionError("it can wait");
            }

            @Override
            public void granted() {
                onGranted.run();
            }

            @Override
            public void evicted() {
                throw new AssertionError("its bundle did not stop");
            }

            @Override
            public boolean isMovable() {
                return false;
            }

            @Override
            public void moved() {
                throw new AssertionError("it can't be moved");
            }
        };
    }

    private boolean enterPatiently() {
        return enterPatiently(CONSUMER);
    }

    private boolean enterPatiently(Consumer consumer) {
        try {
            return await(Priority.NORMAL, consumer, System.nanoTime() + TimeUnit.SECONDS.toNanos(30)) == Verdict.INSIDE;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
