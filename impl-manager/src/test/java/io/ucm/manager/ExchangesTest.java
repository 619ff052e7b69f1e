// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.ucm.spi.HealthMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a slot whose parts touch no pool. */
class ExchangesTest {

    private final Threads threads = new Threads();
    private final Events events = new Events();
    private final Slot<HealthMonitor> slot = new Slot<>("health");
    private final Exchanges exchanges = new Exchanges(threads, events, List::of);
    private final List<Map<String, Object>> posted = new ArrayList<>();
    private final Part<HealthMonitor> one = TestParts.part("one", 1, 0);
    private final Part<HealthMonitor> better = TestParts.part("better", 2, 10);

    @AfterEach
    void close() {
        threads.close();
    }

    private void arrive(Part<HealthMonitor> part) {
        slot.add(part.reference(), part.service());
        notice();
    }

    private void leave(Part<HealthMonitor> part) {
        slot.remove(part.reference());
        notice();
    }

    private void notice() {
        exchanges.notice(slot, () -> slot.best().orElse(null));
    }

    @Test
    void theFirstPartIsNoExchange() {
        arrive(one);
        exchanges.look();

        assertThat(exchanges.all()).isEmpty();
    }

    @Test
    void aBetterOneIsAnExchange() {
        events.add((topic, properties) -> posted.add(properties));
        arrive(one);
        arrive(better);
        exchanges.look();

        assertThat(exchanges.all()).singleElement().satisfies(report -> {
            assertThat(report.slot()).isEqualTo("health");
            assertThat(report.from()).isEqualTo("one 1.0.0");
            assertThat(report.to()).isEqualTo("better 1.0.0");
            assertThat(report.cause()).isEqualTo("better 1.0.0 is ranked higher");
            assertThat(report.outcome()).isEqualTo(SwapReport.Outcome.DONE);
        });
        assertThat(posted).singleElement().satisfies(event -> assertThat(event)
                .containsEntry("to", "better 1.0.0")
                .containsEntry("outcome", "DONE"));
    }

    @Test
    void anExchangeEndsAlthoughSomebodyCannotPassThatOn() {
        events.add((topic, properties) -> {
            throw new IllegalStateException("it has stopped");
        });
        events.add((topic, properties) -> posted.add(properties));
        arrive(one);
        arrive(better);

        exchanges.look();

        assertThat(exchanges.all()).extracting(SwapReport::outcome).containsExactly(SwapReport.Outcome.DONE);
        assertThat(posted).hasSize(1);
    }

    @Test
    void theOnlyOneLeavesAndAnotherComes() {
        arrive(one);
        leave(one);
        exchanges.look();
        assertThat(exchanges.isUnderWay("health")).as("nothing has come").isFalse();
        assertThat(exchanges.all()).singleElement().satisfies(report -> {
            assertThat(report.to()).isNull();
            assertThat(report.outcome()).isEqualTo(SwapReport.Outcome.RUNNING);
        });

        arrive(better);
        assertThat(exchanges.isUnderWay("pool", "health")).isTrue();
        assertThat(exchanges.isUnderWay("pool")).isFalse();
        exchanges.look();
        assertThat(exchanges.isUnderWay("health")).as("it serves").isFalse();

        assertThat(exchanges.all()).singleElement().satisfies(report -> {
            assertThat(report.from()).isEqualTo("one 1.0.0");
            assertThat(report.to()).isEqualTo("better 1.0.0");
            assertThat(report.cause()).isEqualTo("one 1.0.0 left");
            assertThat(report.outcome()).isEqualTo(SwapReport.Outcome.DONE);
        });
    }

    @Test
    void anExchangeDuringAnExchangeIsSaid() {
        arrive(one);
        arrive(better);
        leave(better);
        exchanges.look();

        assertThat(exchanges.all())
                .extracting(SwapReport::outcome)
                .containsExactly(SwapReport.Outcome.SUPERSEDED, SwapReport.Outcome.DONE);
    }

    /** Another one comes, and is noticed elsewhere, while somebody has just asked for the best. */
    @Test
    void whoNoticesLaterNoticesWhatIsNewer() throws InterruptedException {
        arrive(one);
        Thread elsewhere = new Thread(() -> arrive(better));
        exchanges.notice(slot, () -> {
            Part<HealthMonitor> best = slot.best().orElse(null);
            elsewhere.start();
            Awaitility.await()
                    .until(elsewhere::getState, Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED)::contains);
            return best;
        });
        elsewhere.join();
        exchanges.look();

        assertThat(exchanges.all())
                .extracting(SwapReport::to, SwapReport::outcome)
                .containsExactly(tuple("better 1.0.0", SwapReport.Outcome.DONE));
    }

    @Test
    void theChosenOneServesUntilItLeaves() {
        arrive(better);
        arrive(one);
        slot.choose(one.bundle());
        exchanges.announce(slot, "ucm:swap");
        notice();
        exchanges.look();
        assertThat(slot.best()).contains(one);

        leave(one);
        exchanges.look();

        assertThat(slot.chosen()).isNull();
        assertThat(exchanges.all()).extracting(SwapReport::cause).containsExactly("ucm:swap", "one 1.0.0 left");
    }

    @Test
    void whatWasAnnouncedAndLedToNothingIsNoCauseOfTheNext() {
        arrive(one);
        exchanges.announce(slot, "ucm:swap");
        slot.choose(one.bundle());
        notice();
        exchanges.announced(slot);

        leave(one);

        assertThat(exchanges.all()).extracting(SwapReport::cause).containsExactly("one 1.0.0 left");
    }

    @Test
    void aRefusedOneComesLastUntilItIsChosenAgain() {
        arrive(one);
        arrive(better);

        slot.refuse(better.reference());
        assertThat(slot.all()).containsExactly(one, better);

        slot.choose(better.bundle());
        assertThat(slot.all()).containsExactly(better, one);
        slot.choose(null);
        assertThat(slot.all()).containsExactly(better, one);
    }

    @Test
    void changedSettingsAreAnExchangeOfThePartForItself() {
        arrive(one);
        exchanges.noticeSettings(slot, "main/ADMIN");
        exchanges.look();

        assertThat(exchanges.all()).singleElement().satisfies(report -> {
            assertThat(report.from()).isEqualTo("one 1.0.0");
            assertThat(report.to()).isEqualTo("one 1.0.0");
            assertThat(report.cause()).isEqualTo("the settings of main/ADMIN changed");
            assertThat(report.outcome()).isEqualTo(SwapReport.Outcome.DONE);
        });
    }

    @Test
    void settingsThatChangeDuringAnExchangeArePartOfIt() {
        arrive(one);
        leave(one);
        exchanges.noticeSettings(slot, "main/ADMIN");

        assertThat(exchanges.all()).extracting(SwapReport::cause).containsExactly("one 1.0.0 left");
    }

    @Test
    void settingsOfNothingAreNoExchange() {
        exchanges.noticeSettings(slot, "main/ADMIN");

        assertThat(exchanges.all()).isEmpty();
    }

    @Test
    void whatBecameOfAChoiceIsKnownAlthoughOnlyTheLastExchangesAreKept() {
        arrive(one);
        for (int change = 0; change < 110; change++) {
            exchanges.noticeSettings(slot, "main/ADMIN");
            exchanges.look();
        }
        long ended = exchanges.ended(slot);
        assertThat(exchanges.lastOf(slot, ended, null)).isNull();

        arrive(better);
        exchanges.look();

        assertThat(exchanges.lastOf(slot, ended, "better 1.0.0"))
                .extracting(SwapReport::outcome)
                .isEqualTo(SwapReport.Outcome.DONE);
    }

    @Test
    void whatBecameOfAChoiceIsKnownAlthoughItsExchangeRanAlready() {
        arrive(one);
        arrive(better);
        long ended = exchanges.ended(slot);
        slot.choose(better.bundle());
        notice();
        assertThat(exchanges.lastOf(slot, ended, "better 1.0.0"))
                .extracting(SwapReport::outcome)
                .isEqualTo(SwapReport.Outcome.RUNNING);

        exchanges.look();

        assertThat(exchanges.lastOf(slot, ended, "better 1.0.0"))
                .extracting(SwapReport::outcome)
                .isEqualTo(SwapReport.Outcome.DONE);
    }

    /** As when the part was refused, and the settings changed right after. */
    @Test
    void whatFollowsTheExchangeOfAChoiceIsAnother() {
        arrive(one);
        long ended = exchanges.ended(slot);
        arrive(better);
        exchanges.look();
        leave(better);
        exchanges.look();

        assertThat(exchanges.lastOf(slot, ended, "better 1.0.0"))
                .extracting(SwapReport::to, SwapReport::cause)
                .containsExactly("better 1.0.0", "better 1.0.0 is ranked higher");
        assertThat(exchanges.lastOf(slot, ended, null))
                .extracting(SwapReport::to)
                .isEqualTo("one 1.0.0");
    }

    @Test
    void allThatEndedAreCountedBySlot() {
        arrive(one);
        arrive(better);
        leave(better);
        exchanges.look();
        exchanges.noticeSettings(slot, "main/ADMIN");
        exchanges.look();

        assertThat(exchanges.totals()).containsOnlyKeys("health");
        assertThat(exchanges.totals().get("health").outcomes())
                .containsOnly(entry(SwapReport.Outcome.SUPERSEDED, 1L), entry(SwapReport.Outcome.DONE, 2L));
    }
}
