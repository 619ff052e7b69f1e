// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthStatus;
import io.ucm.api.PoolStats;
import io.ucm.api.PoolTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What it means that a role's question failed. */
final class RoleFailure {

    /** Classes of SQLStates that don't go away by waiting: refused logins, unknown databases, missing privileges. */
    private static final List<String> LASTING = List.of("28", "3D", "42");

    private static final int DEEPEST = 10;

    private RoleFailure() {}

    /** @param pool its figures now: a full pool is not a dead database */
    static Judgement judge(Throwable failure, PoolStats pool) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof SQLException refused)) {
            return new Judgement(HealthStatus.HEALTH_CHECK_ERROR, "the check failed: " + cause);
        }
        String reason = "SQLState %s: %s".formatted(refused.getSQLState(), refused.getMessage());
        if (causes(refused).anyMatch(RoleFailure::lasts)) {
            return new Judgement(HealthStatus.CRITICAL, reason);
        }
        boolean full = refused instanceof PoolTimeoutException && pool.max() > 0 && pool.active() >= pool.max();
        return new Judgement(full ? HealthStatus.WARN : HealthStatus.TEMPORARILY_UNAVAILABLE, reason);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Throwable::getCause)
                .takeWhile(Objects::nonNull)
                .limit(DEEPEST);
    }

    private static boolean lasts(Throwable cause) {
        return cause instanceof SQLException e
                && e.getSQLState() != null
                && LASTING.stream().anyMatch(e.getSQLState()::startsWith);
    }
}
