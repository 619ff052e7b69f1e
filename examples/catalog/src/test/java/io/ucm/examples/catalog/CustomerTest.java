// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Access;
import io.ucm.api.ConnectionManager;
import io.ucm.examples.catalog.FakeCache.Fault;
import io.ucm.examples.workload.Calls;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the judge says of caches that are broken, and of one that isn't. */
class CustomerTest {

    private static final int CALLS = 2_000;

    private final Judge judge = new Judge();
    private final Calls calls = new Calls();

    @Test
    void hasNothingToSayAgainstAGoodCache() {
        run(Access.READ_WRITE, Fault.NONE);

        assertThat(judge.stale()).isZero();
        assertThat(judge.wrong()).isZero();
        assertThat(judge.changes()).isPositive();
    }

    @Test
    void seesOldPricesInACacheThatForgetsNothing() {
        run(Access.READ_WRITE, Fault.FORGETS_NOTHING);

        assertThat(judge.stale()).isPositive();
        assertThat(judge.wrong()).isZero();
    }

    @Test
    void seesAnotherShopsProductsInACacheThatMixesTenants() {
        run(Access.READ_ONLY, Fault.MIXES_TENANTS);

        assertThat(judge.wrong()).isPositive();
    }

    @Test
    void seesOtherProductsInACacheThatMixesKeys() {
        run(Access.READ_ONLY, Fault.MIXES_KEYS);

        assertThat(judge.wrong()).isPositive();
    }

    @Test
    void changesNothingInAReadOnlyMode() {
        run(Access.READ_ONLY, Fault.NONE);

        assertThat(judge.changes()).isZero();
        assertThat(judge.wrong()).isZero();
    }

    private void run(Access access, Fault fault) {
        Map<String, Object> entries = new HashMap<>();
        ConnectionManager manager = new FakeDatabase()
                .manager(access, (database, region) -> new FakeCache<>(database, region, fault, entries));
        Map<String, Catalog> catalogs = ProductTable.SHOPS.stream()
                .collect(Collectors.toMap(Function.identity(), shop -> new Catalog(manager, shop)));
        Queue<Runnable> tasks = new ArrayDeque<>();
        Customer customer = new Customer(catalogs, access == Access.READ_ONLY, judge, calls, tasks::add);
        customer.start();
        while (!customer.ended().isDone()) {
            if (calls.count() >= CALLS) {
                customer.stop();
            }
            tasks.remove().run();
        }
        assertThat(calls.failedByState()).isEmpty();
    }
}
