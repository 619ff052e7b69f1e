// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.examples.workload.Answer;
import io.ucm.examples.workload.Calls;
import io.ucm.examples.workload.Grant;
import io.ucm.examples.workload.Load;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;

/** One run: its load, its account and its counts. Started once, ended once; only {@link #end} blocks for long. */
final class LedgerRun {

    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(2));

    private final LedgerTable table = new LedgerTable(UUID.randomUUID());
    private final Account account = new Account();
    private final Tally tally = new Tally();
    private final ConnectionManager manager;
    private final ConnectionManager owner;
    private final LedgerOptions options;
    /** Acknowledged rows for clients that can't write their own. */
    private final Queue<Integer> given = new ArrayDeque<>();

    private final Load load;

    /** @param owner a manager of the same cluster that may write: makes the table, and looks at it in the end */
    private LedgerRun(ConnectionManager manager, ConnectionManager owner, LedgerOptions options) throws Exception {
        this.manager = manager;
        this.owner = owner;
        this.options = options;
        Answer.of(owner.write(LedgerTable.create(Grant.of(manager, "ledger_entry", "INSERT")), PATIENT));
        if (manager.mode().readOnly()) {
            writeRows(options.clients());
        }
        this.load = Load.start("ledger", options.clients(), this::client);
    }

    static LedgerRun start(ConnectionManager manager, ConnectionManager owner, LedgerOptions options) throws Exception {
        return new LedgerRun(manager, owner, options);
    }

    private void writeRows(int rows) throws Exception {
        for (int row = 0; row < rows; row++) {
            int id = account.newId();
            Answer.of(owner.write(table.insert(id), PATIENT));
            account.acknowledge(id);
            given.add(id);
        }
    }

    private LedgerClient client(Calls calls, Executor executor) {
        LedgerClient client = new LedgerClient(manager, options.call(), table, account, tally, calls, executor);
        Integer row = given.poll();
        if (row != null) {
            client.remember(row);
        }
        return client;
    }

    /** Shows its progress for so long. */
    void watch(int seconds) throws InterruptedException {
        load.watch(seconds);
    }

    /** Ends the load without looking at the table. */
    void stop() {
        load.stop();
    }

    /** Ends the load, waits for every answer that is still out, and looks at the table on the primary. */
    LedgerReport end() throws Exception {
        load.stop().join();
        long elapsed = load.elapsedMs();
        Map<Integer, Integer> copies = Answer.of(owner.read(table.copiesById(), PATIENT.withAccess(Access.READ_WRITE)));
        return tally.report(load.calls(), account.balance(copies), elapsed);
    }
}
