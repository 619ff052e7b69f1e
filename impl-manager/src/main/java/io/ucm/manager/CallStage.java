// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.Operation;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the caller has of a {@link Call}: cancelling it ends the call, unless COMMIT was sent. Who completes it adds the
 * call's figures before, so that nobody is told of a call that is not counted. Thread-safe.
 */
final class CallStage<T> extends CompletableFuture<T> {

    private final Call<T> call;
    private final Manager manager;

    CallStage(Call<T> call, Manager manager) {
        this.call = call;
        this.manager = manager;
    }

    @Override
    public boolean cancel(boolean interrupt) {
        return call.cancel() || isCancelled();
    }

    /** In this thread. */
    void answer(T value) {
        measure(null);
        complete(value);
    }

    /** In this thread; false where it was completed before. */
    boolean fail(Throwable failure) {
        measure(failure);
        return completeExceptionally(failure);
    }

    private void measure(@Nullable Throwable failure) {
        if (!isDone() && manager.measures()) {
            manager.measure(operation(failure));
        }
    }

    private Operation operation(@Nullable Throwable failure) {
        long now = System.nanoTime();
        CallTime time = call.time();
        return new Operation(
                manager.key().cluster(),
                manager.key().mode(),
                call.kind(),
                call.node(),
                now - time.arrived(),
                time.waited(now),
                failure == null ? null : error(failure));
    }

    private static String error(Throwable failure) {
        return failure instanceof SQLException sql && sql.getSQLState() != null
                ? sql.getSQLState()
                : failure.getClass().getName();
    }
}
