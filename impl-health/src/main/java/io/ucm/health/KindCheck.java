// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;

/** One kind as a health check of Felix. Thread-safe. */
final class KindCheck implements HealthCheck {

    /** Felix's executor gives a check 2 s. */
    private static final Duration LIMIT = Duration.ofMillis(1500);

    private final Kind kind;
    private final Health health;

    KindCheck(Kind kind, Health health) {
        this.kind = kind;
        this.health = health;
    }

    /** Blocks up to the limit. */
    @Override
    public Result execute() {
        ResultLog log = new ResultLog();
        log.add(new ResultLog.Entry(kind.title(), true));
        try {
            health.components(kind, LIMIT)
                    .get()
                    .forEach(component -> log.add(health.entries().of(component)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(Result.Status.HEALTH_CHECK_ERROR, "interrupted");
        } catch (ExecutionException e) {
            return new Result(Result.Status.HEALTH_CHECK_ERROR, "it failed: " + e.getCause());
        }
        return new Result(log);
    }
}
