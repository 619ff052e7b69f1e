// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One client: writes a row, reads one of its own acknowledged rows, and so on until it is stopped; in a read-only mode
 * it reads the row it was given. Holds no thread: each answer starts the next call on the run's executor, so its fields
 * are used by one thread at a time.
 *
 * <p>A read is stale when the primary does not see the row, for a replica may be behind. So where it writes, it asks the
 * primary. In a read-only mode it asks any node, as the mode's users do, and the primary about what that did not see.
 */
final class Client {

    private final ConnectionManager manager;
    private final CallOptions options;
    private final LedgerTable table;
    private final Account account;
    private final Tally tally;
    private final Executor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stopped;
    private int[] mine = new int[16];
    private int count;

    Client(
            ConnectionManager manager,
            CallOptions options,
            LedgerTable table,
            Account account,
            Tally tally,
            Executor executor) {
        this.manager = manager;
        this.options = options;
        this.table = table;
        this.account = account;
        this.tally = tally;
        this.executor = executor;
    }

    /** Before the start: a row that was acknowledged to this client. */
    void remember(int id) {
        if (count == mine.length) {
            mine = Arrays.copyOf(mine, 2 * count);
        }
        mine[count++] = id;
    }

    void start() {
        executor.execute(this::next);
    }

    void stop() {
        stopped = true;
    }

    /** Completes when the answer to its last call is in. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void next() {
        if (stopped) {
            ended.complete(null);
        } else if (manager.mode().readOnly()) {
            readAnywhere(anyOfMine());
        } else {
            write();
        }
    }

    private void write() {
        int id = account.newId();
        call(
                () -> manager.write(table.insert(id), options),
                inserted -> {
                    account.acknowledge(id);
                    tally.acknowledged();
                    remember(id);
                    return this::readOrNext;
                },
                this::readOrNext);
    }

    private void readOrNext() {
        if (stopped || count == 0) {
            next();
        } else {
            readOnPrimary(anyOfMine());
        }
    }

    private void readAnywhere(int id) {
        call(
                () -> manager.read(table.contains(id), options),
                found -> found ? this::next : () -> readOnPrimary(id),
                this::next);
    }

    private void readOnPrimary(int id) {
        call(
                () -> manager.read(table.contains(id), options.withAccess(Access.READ_WRITE)),
                found -> {
                    if (!found) {
                        tally.staleRead();
                    }
                    return this::next;
                },
                this::next);
    }

    private int anyOfMine() {
        return mine[ThreadLocalRandom.current().nextInt(count)];
    }

    /** Runs one call, then what its value leads to, or its failure. */
    private <T> void call(Supplier<CompletionStage<T>> call, Function<T, Runnable> then, Runnable otherwise) {
        long called = System.nanoTime();
        CompletionStage<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((value, failure) -> tally.answered(System.nanoTime() - called))
                .whenCompleteAsync(
                        (value, failure) -> {
                            if (failure == null) {
                                then.apply(value).run();
                            } else {
                                tally.failed(failure);
                                otherwise.run();
                            }
                        },
                        executor);
    }
}
