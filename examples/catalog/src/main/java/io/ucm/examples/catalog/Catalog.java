// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.Access;
import io.ucm.api.Cache;
import io.ucm.api.CacheRegion;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The products of one shop. Thread-safe; nothing blocks. */
final class Catalog {

    private static final CacheRegion<Product> PRODUCTS = CacheRegion.of("products", new ProductCodec());

    private final ConnectionManager database;
    private final ProductTable table;
    private final Cache<Product> cache;

    Catalog(ConnectionManager database, String shop) {
        this.database = database;
        this.table = new ProductTable(shop);
        this.cache = database.cache(PRODUCTS.ofTenant(shop));
    }

    /** The product as it is now; null when there is none with that id. */
    CompletionStage<@Nullable Product> product(int id) {
        return cache.get(key(id), (connection, key) -> table.byId(connection, Integer.parseInt(key)));
    }

    /** Those of these products that there are, as they are now, by id. */
    CompletionStage<Map<Integer, Product>> products(Set<Integer> ids) {
        Set<String> keys = ids.stream().map(Catalog::key).collect(Collectors.toSet());
        return cache.getAll(keys, table::byKeys).thenApply(found -> found.entrySet().stream()
                .collect(Collectors.toMap(entry -> Integer.valueOf(entry.getKey()), Map.Entry::getValue)));
    }

    /** All of them. With {@link Access#READ_ONLY} from any node: a change of a moment ago may be missing. */
    CompletionStage<List<Product>> list(Access access) {
        return database.read(table::all, CallOptions.DEFAULT.withAccess(access));
    }

    /**
     * Changes a price. When the stage is complete, nobody who asks then gets the old one.
     *
     * <p>The cache forgets the product also when the write fails, because it may have failed without an answer to its
     * COMMIT.
     */
    CompletionStage<Product> changePrice(int id, BigDecimal price) {
        CompletionStage<Product> written = database.write(connection -> table.changePrice(connection, id, price));
        return written.handle((product, failure) -> cache.invalidate(key(id)))
                .thenCompose(invalidation -> invalidation)
                .thenCompose(invalidated -> written);
    }

    private static String key(int id) {
        return Integer.toString(id);
    }
}
