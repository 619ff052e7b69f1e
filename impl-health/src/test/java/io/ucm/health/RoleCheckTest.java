// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Access;
import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoleCheckTest {

    private final AtomicLong now = new AtomicLong(1);
    private final FakeManager manager = FakeManager.of("ADMIN");
    private final RoleCheck check = new RoleCheck(manager, now::get);

    @Test
    void saysThatAllIsWellAndHowLongItTook() {
        CompletableFuture<HealthComponent> component = check.component();
        pass(Duration.ofMillis(12));
        manager.answer(manager.healthy());

        assertThat(component.join().name()).isEqualTo("role main/ADMIN");
        assertThat(component.join().status()).isEqualTo(HealthStatus.OK);
        assertThat(component.join().reason()).isNull();
        assertThat(component.join().figures()).containsEntry("answerMs", 12L).containsEntry("ageMs", 0L);
    }

    @Test
    void neverHasTwoQuestionsOut() {
        CompletableFuture<HealthComponent> first = check.component();
        pass(Duration.ofHours(1));
        CompletableFuture<HealthComponent> second = check.component();

        assertThat(manager.reads).hasSize(1);
        manager.answer(manager.healthy());
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void asksOnceInAPeriodAndSaysHowOldTheAnswerIs() {
        check.component();
        manager.answer(manager.healthy());
        pass(RoleCheck.PERIOD);

        assertThat(check.component().join().figures()).containsEntry("ageMs", 5000L);
        assertThat(manager.reads).hasSize(1);
    }

    @Test
    void asksAnewWhenThePeriodIsOver() {
        check.component();
        manager.answer(manager.healthy());
        pass(RoleCheck.PERIOD.plusNanos(1));
        CompletableFuture<HealthComponent> next = check.component();

        assertThat(manager.reads).hasSize(2);
        assertThat(next).isNotDone();
        manager.fail(new SQLException("gone", "57P01"));
        assertThat(next.join().status()).isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
    }

    @Test
    void asksThePrimaryWhereTheModeWrites() {
        check.component();

        assertThat(manager.reads.get(0).options().access()).isEqualTo(Access.READ_WRITE);
        assertThat(manager.reads.get(0).options().deadline()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void asksAnyNodeWhereTheModeOnlyReads() {
        FakeManager reading = new FakeManager("main", "MCP_SERVER", Access.READ_ONLY);
        new RoleCheck(reading, now::get).component();

        assertThat(reading.reads.get(0).options().access()).isEqualTo(Access.READ_ONLY);
    }

    @Test
    void aManagerThatThrowsIsAnErrorOfTheCheck() {
        manager.broken = new IllegalStateException("closed");

        assertThat(check.component().join().status()).isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
        assertThat(check.component().join().reason()).contains("closed");
    }

    @Test
    void anAnswerThatCanNotBeJudgedIsAnErrorOfTheCheck() {
        CompletableFuture<HealthComponent> component = check.component();
        manager.answer(null);

        assertThat(component.join().status()).isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
    }

    @Test
    void anAnswerThatIsStillOutIsUnavailableAndLongAfterItsDeadlineAnError() {
        check.component();
        pass(Duration.ofMillis(1500));
        assertThat(check.unanswered().status()).isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
        assertThat(check.unanswered().reason()).isEqualTo("no answer for 1500 ms to a read with a deadline of 2000 ms");

        pass(Duration.ofMillis(1500));
        assertThat(check.unanswered().status()).isEqualTo(HealthStatus.HEALTH_CHECK_ERROR);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
