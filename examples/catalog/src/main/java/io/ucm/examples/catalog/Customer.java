// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.examples.workload.Calls;
import io.ucm.examples.workload.Client;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Asks the shops for prices, mostly one at a time and of the same few products, and now and then changes one. */
final class Customer extends Client {

    private static final int CHANGES_PERCENT = 5;
    private static final int LISTS_PERCENT = 15;
    private static final int LIST = 8;
    private static final int HOT_PERCENT = 80;
    private static final int HOT_PRODUCTS = 10;
    private static final int HIGHEST_CENTS = 10_000;

    private final List<String> shops = ProductTable.SHOPS;
    private final Map<String, Catalog> catalogs;
    private final boolean readOnly;
    private final Judge judge;

    /** @param catalogs by shop */
    Customer(Map<String, Catalog> catalogs, boolean readOnly, Judge judge, Calls calls, Executor executor) {
        super(calls, executor);
        this.catalogs = catalogs;
        this.readOnly = readOnly;
        this.judge = judge;
    }

    @Override
    protected void next() {
        String shop = shops.get(random(shops.size()));
        int percent = random(100);
        if (percent < CHANGES_PERCENT && !readOnly) {
            change(shop, anyId());
        } else if (percent < LISTS_PERCENT) {
            readSome(shop);
        } else {
            readOne(shop, anyId());
        }
    }

    private void change(String shop, int id) {
        BigDecimal price = BigDecimal.valueOf(1 + random(HIGHEST_CENTS), 2);
        call(() -> catalogs.get(shop).changePrice(id, price), judge::changed);
    }

    private void readOne(String shop, int id) {
        long least = judge.leastVersion(shop, id);
        call(() -> catalogs.get(shop).product(id), product -> judge.seen(shop, id, least, product));
    }

    private void readSome(String shop) {
        Set<Integer> ids =
                IntStream.range(0, LIST).map(index -> anyId()).boxed().collect(Collectors.toSet());
        Map<Integer, Long> least =
                ids.stream().collect(Collectors.toMap(Function.identity(), id -> judge.leastVersion(shop, id)));
        call(
                () -> catalogs.get(shop).products(ids),
                products -> ids.forEach(id -> judge.seen(shop, id, least.get(id), products.get(id))));
    }

    private static int anyId() {
        return 1 + random(random(100) < HOT_PERCENT ? HOT_PRODUCTS : ProductTable.PRODUCTS);
    }

    private static int random(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }
}
