// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.Access;
import io.ucm.api.BulkheadFullException;
import io.ucm.api.CallOptions;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.ConnectionManager;
import io.ucm.examples.workload.Calls;
import io.ucm.examples.workload.Client;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a row, reads one of its own acknowledged rows, and so on; in a read-only mode it reads the row it was given.
 *
 * <p>A read is stale when the primary does not see the row, for a replica may be behind. So where it writes, it asks the
 * primary. In a read-only mode it asks any node, as the mode's users do, and the primary about what that did not see.
 */
final class LedgerClient extends Client {

    private static final long LONGEST_PAUSE_MS = 1_000;

    private final ConnectionManager manager;
    private final CallOptions options;
    private final LedgerTable table;
    private final Account account;
    private final Tally tally;
    private int[] mine = new int[16];
    private int count;
    private boolean wrote;

    LedgerClient(
            ConnectionManager manager,
            CallOptions options,
            LedgerTable table,
            Account account,
            Tally tally,
            Calls calls,
            Executor executor) {
        super(calls, executor);
        this.manager = manager;
        this.options = options;
        this.table = table;
        this.account = account;
        this.tally = tally;
    }

    /** A row was acknowledged to this client. */
    void remember(int id) {
        if (count == mine.length) {
            mine = Arrays.copyOf(mine, 2 * count);
        }
        mine[count++] = id;
    }

    @Override
    protected void next() {
        boolean readOnly = manager.mode().readOnly();
        wrote = !readOnly && (!wrote || count == 0);
        if (wrote) {
            write();
        } else {
            read(mine[ThreadLocalRandom.current().nextInt(count)], readOnly);
        }
    }

    /** Who is turned away comes back when the others have been served, and does not ask all the while. */
    @Override
    protected long pauseMs(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof CircuitOpenException open) {
            return Math.min(LONGEST_PAUSE_MS, open.retryAfter().toMillis());
        }
        return cause instanceof BulkheadFullException full
                ? Math.min(LONGEST_PAUSE_MS, full.retryAfter().toMillis())
                : 0;
    }

    private void write() {
        int id = account.newId();
        call(() -> manager.write(table.insert(id), options), inserted -> {
            account.acknowledge(id);
            tally.acknowledged();
            remember(id);
        });
    }

    private void read(int id, boolean anywhere) {
        call(() -> anywhere ? seenAnywhere(id) : seenByPrimary(id), seen -> {
            if (!seen) {
                tally.staleRead();
            }
        });
    }

    private CompletionStage<Boolean> seenAnywhere(int id) {
        return manager.read(table.contains(id), options)
                .thenCompose(seen -> seen ? CompletableFuture.completedFuture(true) : seenByPrimary(id));
    }

    private CompletionStage<Boolean> seenByPrimary(int id) {
        return manager.read(table.contains(id), options.withAccess(Access.READ_WRITE));
    }
}
