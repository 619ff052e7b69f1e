// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Access;
import io.ucm.api.HealthStatus;
import io.ucm.api.ModeProfile;
import io.ucm.api.PoolStats;
import io.ucm.api.PoolTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a role's answer, and what its failure means. */
class RoleJudgementTest {

    private static final PoolStats FREE = new PoolStats(1, 3, 0, 4);
    private static final PoolStats FULL = new PoolStats(4, 0, 9, 4);
    private static final String RIGHT = "it may create in schema public";

    @Test
    void aRoleThatFitsItsModeIsOk() {
        assertThat(judged(Access.READ_WRITE, state(false, RIGHT))).isEqualTo(new Judgement(HealthStatus.OK, null));
        assertThat(judged(Access.READ_ONLY, state(true, null))).isEqualTo(new Judgement(HealthStatus.OK, null));
    }

    @Test
    void aReadOnlyModeWhoseRoleCouldWriteIsWarnedOfWhateverTheSessionSays() {
        assertWarns(judged(Access.READ_ONLY, state(true, RIGHT)), "role 'app' could write", RIGHT);
    }

    @Test
    void aWritingModeWhoseRoleCanNotIsWarnedOf() {
        assertWarns(judged(Access.READ_WRITE, state(false, null)), "can't write", "grant it pg_write_all_data");
    }

    @Test
    void aWritingModeThatBeginsReadOnlyIsWarnedOf() {
        assertWarns(judged(Access.READ_WRITE, state(true, RIGHT)), "reset", "default_transaction_read_only");
    }

    @Test
    void aSuperuserIsWarnedOf() {
        RoleState superuser = new RoleState("postgres", true, false, "ucm/main/M", "UTC", RIGHT);

        assertWarns(judged(Access.READ_WRITE, superuser), "role 'postgres' is a superuser");
        assertThat(judged(Access.READ_ONLY, superuser).reason()).doesNotContain("could write");
    }

    @Test
    void aSessionThatIsNotOursAnyMoreIsWarnedOf() {
        RoleState changed = new RoleState("app", false, false, "pgbouncer", "Europe/Berlin", RIGHT);

        assertWarns(
                judged(Access.READ_WRITE, changed),
                "application_name is 'pgbouncer' and not 'ucm/main/M'",
                "TimeZone is 'Europe/Berlin'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P03", "57014", "53300", "25006", "XX000"})
    void whatMayComeBackByItselfIsUnavailable(String state) {
        Judgement judgement = RoleFailure.judge(new SQLException("no", state), FREE);

        assertThat(judgement)
                .isEqualTo(new Judgement(HealthStatus.TEMPORARILY_UNAVAILABLE, "SQLState " + state + ": no"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"28P01", "28000", "3D000", "42501"})
    void whatWaitingDoesNotMendIsCritical(String state) {
        assertThat(RoleFailure.judge(new CompletionException(new SQLException("no", state)), FREE)
                        .status())
                .isEqualTo(HealthStatus.CRITICAL);
    }

    @Test
    void aPoolThatIsEmptyBecauseItsLoginIsRefusedIsCritical() {
        SQLException refused = new SQLTransientConnectionException(
                "timed out", "08001", new SQLException("password authentication failed", "28P01"));

        assertThat(RoleFailure.judge(timeout(refused), FREE).status()).isEqualTo(HealthStatus.CRITICAL);
        assertThat(RoleFailure.judge(timeout(refused), FULL).status()).isEqualTo(HealthStatus.CRITICAL);
    }

    @Test
    void aFullPoolIsNoDeadDatabase() {
        assertThat(RoleFailure.judge(timeout(null), FULL).status()).isEqualTo(HealthStatus.WARN);
        assertThat(RoleFailure.judge(timeout(null), FREE).status()).isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
        assertThat(RoleFailure.judge(timeout(null), new PoolStats(0, 0, 1, 0)).status())
                .isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
        assertThat(RoleFailure.judge(new SQLException("lost", "08006"), FULL).status())
                .isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
    }

    @Test
    void whatIsNoErrorOfTheDatabaseIsTheChecksOwn() {
        assertThat(RoleFailure.judge(new IllegalStateException("oops"), FREE))
                .isEqualTo(new Judgement(
                        HealthStatus.HEALTH_CHECK_ERROR, "the check failed: java.lang.IllegalStateException: oops"));
    }

    private static PoolTimeoutException timeout(SQLException cause) {
        return new PoolTimeoutException("main/M", Duration.ofSeconds(2), FULL, null, cause);
    }

    private static RoleState state(boolean readOnlyByDefault, String writes) {
        return new RoleState("app", false, readOnlyByDefault, "ucm/main/M", "UTC", writes);
    }

    private static Judgement judged(Access access, RoleState state) {
        ModeProfile mode = new FakeManager("main", "M", access).mode();
        return state.judge("main", mode);
    }

    private static void assertWarns(Judgement judgement, String... parts) {
        assertThat(judgement.status()).isEqualTo(HealthStatus.WARN);
        assertThat(judgement.reason()).contains(parts);
    }
}
