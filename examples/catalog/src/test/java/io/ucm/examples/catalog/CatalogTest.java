// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.Cache;
import io.ucm.api.ConnectionManager;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** When a catalog forgets what it cached. */
class CatalogTest {

    private static final Product CHANGED = new Product("north", 7, "Tea", BigDecimal.ONE, 1);

    private final CompletableFuture<Product> write = new CompletableFuture<>();
    private final CompletableFuture<Void> invalidation = new CompletableFuture<>();
    private boolean invalidated;

    private final CompletableFuture<Product> change =
            new Catalog(manager(), "north").changePrice(7, BigDecimal.ONE).toCompletableFuture();

    @Test
    void forgetsAPriceWhenTheNewOneIsCommitted() {
        assertThat(invalidated).isFalse();

        write.complete(CHANGED);

        assertThat(invalidated).isTrue();
    }

    @Test
    void aChangeIsCompleteWhenTheOldPriceIsForgotten() {
        write.complete(CHANGED);
        assertThat(change).isNotDone();

        invalidation.complete(null);

        assertThat(change).isCompletedWithValue(CHANGED);
    }

    @Test
    void forgetsAPriceThatMayHaveChanged() {
        SQLException unknown = new SQLException("no answer to COMMIT", "08007");

        write.completeExceptionally(unknown);
        invalidation.complete(null);

        assertThat(invalidated).isTrue();
        assertThatThrownBy(change::join).isInstanceOf(CompletionException.class).hasCause(unknown);
    }

    private ConnectionManager manager() {
        return FakeDatabase.fake(ConnectionManager.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "cache" -> cache();
            case "write" -> write;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Cache<?> cache() {
        return FakeDatabase.fake(Cache.class, (proxy, method, arguments) -> {
            assertThat(method.getName()).isEqualTo("invalidate");
            assertThat(arguments).containsExactly("7");
            invalidated = true;
            return invalidation;
        });
    }
}
