// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ModeProfile;
import io.ucm.api.PoolStats;
import io.ucm.shell.Table;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pools' figures and what is in force. Prints as a table. */
record PoolsReport(List<PoolReport> pools) {

    record PoolReport(
            String cluster,
            String mode,
            int active,
            int idle,
            int pending,
            int max,
            long acquireTimeoutMs,
            long statementTimeoutMs,
            long lockTimeoutMs,
            long idleInTransactionTimeoutMs,
            String defaultAccess,
            @Nullable String servedBy,
            @Nullable String why) {

        static PoolReport of(Manager manager) {
            PoolStats stats = manager.pool();
            ModeProfile mode = manager.mode();
            Generation serving = manager.generations().current();
            return new PoolReport(
                    manager.cluster(),
                    mode.name(),
                    stats.active(),
                    stats.idle(),
                    stats.pending(),
                    stats.max(),
                    mode.acquireTimeout().toMillis(),
                    mode.statementTimeout().toMillis(),
                    mode.lockTimeout().toMillis(),
                    mode.idleInTransactionTimeout().toMillis(),
                    mode.defaultAccess().name(),
                    serving == null ? null : serving.blueprint().pool().toString(),
                    manager.generations().why());
        }
    }

    @Override
    public String toString() {
        Table table = new Table(
                "cluster",
                "mode",
                "active",
                "idle",
                "pending",
                "max",
                "acquire",
                "statement",
                "lock",
                "idle in tx",
                "access",
                "served by");
        for (PoolReport pool : pools) {
            table.row(
                    pool.cluster(),
                    pool.mode(),
                    pool.active(),
                    pool.idle(),
                    pool.pending(),
                    pool.max(),
                    timeout(pool.acquireTimeoutMs()),
                    timeout(pool.statementTimeoutMs()),
                    timeout(pool.lockTimeoutMs()),
                    timeout(pool.idleInTransactionTimeoutMs()),
                    pool.defaultAccess(),
                    pool.servedBy() == null ? pool.why() : pool.servedBy());
        }
        return table.toString();
    }

    private static String timeout(long ms) {
        return ms == 0 ? "none" : Duration.ofMillis(ms).toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
