// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.container.UcmContainer;
import java.util.ArrayList;
import java.util.List;

/** What a pool costs: borrow and return, a statement, and UCM's calls against the same JDBC by hand. */
final class BorrowSuite implements Suite {

    private static final String HOW = """
            **borrow**: `getConnection()` and `close()` on a pool of 12 connections, which a stub driver makes that has no
            database behind it: the pool alone is measured. **statement**: `prepareStatement`, `setLong`, `executeQuery`, `next`,
            `getLong` and `close` of the statement, on a connection that is held; the stub's answer costs some 10 ns, and
            `stub driver` is the driver in no pool. CPU time and allocation are those of the borrowing threads, per operation. All
            contestants are in one JVM, and take turns in rounds: a figure is the median of the rounds, a difference or a ratio
            the median of what the two were in the same round. How each pool is set is said at `Peers`: the same fixed size, the
            same acquire timeout. Before and after, each must show that it has exactly that many connections, and that a borrower
            does not see what the last one left. Each answer is checked, and the driver counts the statements.

            **write**, **read**: UCM's `write` (one INSERT) and `read` (one SELECT by its key, on the primary) on the embedded
            PostgreSQL with its synchronous replicas, against the same JDBC by hand on a bare pool: borrow, the same settings of
            the transaction, the statement, `commit`, return. UCM's calls are asynchronous: the work runs on a thread of UCM's.
            Here the caller waits for it (`join`), so that what it sees includes two hand-overs between threads that a caller by
            hand has not; `on another thread` is the JDBC by hand with these, in a cached pool of threads. Wall time is the median of a round's calls, as the callers see them; CPU is that of all Java threads of
            the process, without the compiler's and the collector's, for each call. The rows are counted on the server; the run
            fails when they are not what was asked for.
            """;

    @Override
    public String name() {
        return "borrow";
    }

    @Override
    public String summary() {
        return "what a pool costs: borrow and return, a statement, read and write; about 5 minutes";
    }

    @Override
    public Report run(Run run) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(run.assembly(), true)) {
            Embedded.await(container);
            run.say("the container runs");
            new StubCases(run, container).run(rows, targets);
            new CallCases(run, container).run(rows, targets);
        }
        return new Report(name(), Machine.describe(), HOW, rows, targets);
    }
}
