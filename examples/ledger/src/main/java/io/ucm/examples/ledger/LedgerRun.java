// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One run: its clients, its account and its counts. Started once, ended once; only {@link #end} blocks for long. */
final class LedgerRun {

    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(2));

    private final LedgerTable table = new LedgerTable(UUID.randomUUID());
    private final Account account = new Account();
    private final Tally tally = new Tally();
    private final ExecutorService executor = Executors.newFixedThreadPool(2, LedgerRun::thread);
    private final ConnectionManager owner;
    private final List<Client> clients;
    private final long started;

    /** @param owner a manager of the same cluster that may write: makes the table, and looks at it in the end */
    private LedgerRun(ConnectionManager manager, ConnectionManager owner, LedgerOptions options) throws Exception {
        this.owner = owner;
        this.clients = Stream.generate(() -> new Client(manager, options.call(), table, account, tally, executor))
                .limit(options.clients())
                .toList();
        Answer.of(owner.write(LedgerTable.create(), PATIENT));
        if (manager.mode().readOnly()) {
            giveEachARow();
        }
        this.started = System.nanoTime();
        clients.forEach(Client::start);
    }

    static LedgerRun start(ConnectionManager manager, ConnectionManager owner, LedgerOptions options) throws Exception {
        return new LedgerRun(manager, owner, options);
    }

    private void giveEachARow() throws Exception {
        for (Client client : clients) {
            int id = account.newId();
            Answer.of(owner.write(table.insert(id), PATIENT));
            account.acknowledge(id);
            client.remember(id);
        }
    }

    long elapsedMs() {
        return (System.nanoTime() - started) / 1_000_000;
    }

    /** One line of progress. */
    String progress() {
        return "ledger: %d s, %d requests, %d failed".formatted(elapsedMs() / 1000, tally.requests(), tally.failures());
    }

    /** Ends the load without looking at the table. */
    void stop() {
        clients.forEach(Client::stop);
        CompletableFuture.allOf(clients.stream().map(Client::ended).toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> executor.shutdown());
    }

    /** Ends the load, waits for every answer that is still out, and looks at the table on the primary. */
    LedgerReport end() throws Exception {
        stop();
        for (Client client : clients) {
            client.ended().join();
        }
        long elapsed = elapsedMs();
        Map<Integer, Integer> copies = Answer.of(owner.read(table.copiesById(), PATIENT.withAccess(Access.READ_WRITE)));
        return tally.report(account.balance(copies), elapsed);
    }

    private static final AtomicInteger THREADS = new AtomicInteger();

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "ledger-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
