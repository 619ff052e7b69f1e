// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One client: writes a row, reads one of its own acknowledged rows, and so on until it is stopped; in a read-only mode
 * it reads the row it was given. Holds no thread: each answer starts the next call on the run's executor, so its fields
 * are used by one thread at a time.
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
            read();
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
                },
                this::readOrNext);
    }

    private void readOrNext() {
        if (stopped || count == 0) {
            next();
        } else {
            read();
        }
    }

    private void read() {
        int id = mine[ThreadLocalRandom.current().nextInt(count)];
        call(
                () -> manager.read(table.contains(id), options),
                found -> {
                    if (!found) {
                        tally.staleRead();
                    }
                },
                this::next);
    }

    private <T> void call(java.util.function.Supplier<CompletionStage<T>> call, Consumer<T> good, Runnable then) {
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
                                good.accept(value);
                            } else {
                                tally.failed(failure);
                            }
                            then.run();
                        },
                        executor);
    }
}
