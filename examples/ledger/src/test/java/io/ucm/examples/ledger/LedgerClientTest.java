// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.api.ModeProfile;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import io.ucm.examples.workload.Calls;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The client against a cluster whose primary or replicas see no row. */
class LedgerClientTest {

    private final Account account = new Account();
    private final Tally tally = new Tally();
    private final Calls calls = new Calls();

    /** What each read asked for: null is any node. */
    private final List<Access> reads = new ArrayList<>();

    private boolean primarySees = true;
    private boolean replicasSee = true;

    @Test
    void asksThePrimaryForItsOwnRowsWhereItWrites() {
        replicasSee = false;

        run(Access.READ_WRITE, 2);

        assertThat(reads).containsExactly(Access.READ_WRITE, Access.READ_WRITE);
        assertThat(staleReads()).isZero();
    }

    @Test
    void aRowThatThePrimaryDoesNotSeeIsAStaleRead() {
        primarySees = false;

        run(Access.READ_WRITE, 2);

        assertThat(staleReads()).isEqualTo(2);
    }

    @Test
    void asksAnyNodeInAReadOnlyMode() {
        run(Access.READ_ONLY, 2);

        assertThat(reads).containsExactly(null, null);
    }

    @Test
    void aReplicaThatIsBehindIsNoStaleRead() {
        replicasSee = false;

        run(Access.READ_ONLY, 2);

        assertThat(reads).containsExactly(null, Access.READ_WRITE);
        assertThat(staleReads()).isZero();
    }

    @Test
    void aRowThatNobodySeesIsAStaleReadInAReadOnlyModeToo() {
        replicasSee = false;
        primarySees = false;

        run(Access.READ_ONLY, 2);

        assertThat(staleReads()).isOne();
    }

    /** Until so many reads were answered, in this thread. */
    private void run(Access access, int answers) {
        List<Runnable> tasks = new ArrayList<>();
        LedgerClient client = new LedgerClient(
                manager(access),
                CallOptions.DEFAULT,
                new LedgerTable(UUID.randomUUID()),
                account,
                tally,
                calls,
                tasks::add);
        if (access == Access.READ_ONLY) {
            client.remember(account.newId());
        }
        client.start();
        while (!client.ended().isDone()) {
            if (reads.size() >= answers) {
                client.stop();
            }
            tasks.remove(0).run();
        }
    }

    private long staleReads() {
        return tally.report(calls, account.balance(Map.of()), 0).staleReads();
    }

    private ConnectionManager manager(Access access) {
        Duration none = Duration.ZERO;
        ModeProfile mode = new ModeProfile(
                "TEST",
                1,
                none,
                none,
                none,
                none,
                access,
                true,
                CommitOutcome.REPORTED,
                Priority.NORMAL,
                1,
                Duration.ofSeconds(1));
        return (ConnectionManager) Proxy.newProxyInstance(
                LedgerClientTest.class.getClassLoader(),
                new Class<?>[] {ConnectionManager.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "mode" -> mode;
                    case "write" -> CompletableFuture.completedFuture(1);
                    case "read" -> read((SqlWork<?>) arguments[0], (CallOptions) arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private CompletionStage<Boolean> read(SqlWork<?> work, CallOptions options) {
        reads.add(options.access());
        return CompletableFuture.completedFuture(options.access() == Access.READ_WRITE ? primarySees : replicasSee);
    }
}
