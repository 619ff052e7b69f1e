// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.ConnectionManager;
import io.ucm.examples.workload.Calls;
import io.ucm.examples.workload.Load;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One run: its load and its judge. Started once, ended once. */
final class CatalogRun {

    private final Judge judge = new Judge();
    private final Load load;

    private CatalogRun(ConnectionManager manager, int clients) {
        Map<String, Catalog> catalogs = ProductTable.SHOPS.stream()
                .collect(Collectors.toMap(Function.identity(), shop -> new Catalog(manager, shop)));
        boolean readOnly = manager.mode().readOnly();
        this.load = Load.start(
                "catalog", clients, (calls, executor) -> new Customer(catalogs, readOnly, judge, calls, executor));
    }

    static CatalogRun start(ConnectionManager manager, int clients) {
        if (clients < 1) {
            throw new IllegalArgumentException("--clients " + clients + ": must be at least 1");
        }
        return new CatalogRun(manager, clients);
    }

    /** Shows its progress for so long. */
    void watch(int seconds) throws InterruptedException {
        load.watch(seconds);
    }

    /** Ends the load without a report. */
    void stop() {
        load.stop();
    }

    /** Ends the load, and waits for every answer that is still out. */
    CatalogReport end() {
        load.stop().join();
        Calls calls = load.calls();
        return new CatalogReport(
                calls.count(),
                calls.failed(),
                calls.failedByState(),
                judge.stale(),
                judge.wrong(),
                judge.changes(),
                load.elapsedMs(),
                calls.timesMs());
    }
}
