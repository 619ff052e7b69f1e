// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.Access;
import io.ucm.api.Cache;
import io.ucm.api.CacheRegion;
import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.api.ModeProfile;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The shops' table in memory, with the statements that {@link ProductTable} makes. Used by one thread. */
final class FakeDatabase {

    private record Key(String shop, int id) {}

    private final Map<Key, Product> rows = new HashMap<>();

    FakeDatabase() {
        for (String shop : ProductTable.SHOPS) {
            for (int id = 1; id <= ProductTable.PRODUCTS; id++) {
                rows.put(new Key(shop, id), new Product(shop, id, shop + " " + id, BigDecimal.ONE, 0));
            }
        }
    }

    /** @param cache makes a cache of a region over this database */
    ConnectionManager manager(Access access, BiFunction<FakeDatabase, CacheRegion<?>, Cache<?>> cache) {
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
        return fake(ConnectionManager.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "mode" -> mode;
            case "cache" -> cache.apply(this, (CacheRegion<?>) arguments[0]);
            case "read", "write" -> CompletableFuture.completedFuture(((SqlWork<?>) arguments[0]).run(connection()));
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    Connection connection() {
        return fake(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> statement((String) arguments[0]);
            case "createArrayOf" -> array((Object[]) arguments[1]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private PreparedStatement statement(String sql) {
        Map<Object, Object> parameters = new HashMap<>();
        return fake(PreparedStatement.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "executeQuery" -> result(sql.startsWith("UPDATE") ? update(parameters) : select(parameters));
            case "close" -> null;
            default -> parameters.put(arguments[0], arguments[1]);
        });
    }

    private List<Product> update(Map<Object, Object> parameters) {
        Product changed = rows.computeIfPresent(
                new Key((String) parameters.get(2), (Integer) parameters.get(3)),
                (key, old) -> new Product(
                        old.shop(), old.id(), old.name(), (BigDecimal) parameters.get(1), old.version() + 1));
        return Stream.ofNullable(changed).toList();
    }

    private List<Product> select(Map<Object, Object> parameters) throws Exception {
        String shop = (String) parameters.get(1);
        Object[] ids = parameters.get(2) instanceof Array array
                ? (Object[]) array.getArray()
                : new Object[] {parameters.get(2)};
        return Stream.of(ids)
                .map(id -> rows.get(new Key(shop, Integer.parseInt(id.toString()))))
                .toList();
    }

    private static Array array(Object[] elements) {
        return fake(Array.class, (proxy, method, arguments) -> elements);
    }

    private static ResultSet result(List<Product> products) {
        Iterator<Product> rows = products.iterator();
        Product[] row = new Product[1];
        return fake(ResultSet.class, (proxy, method, arguments) -> {
            if (method.getName().equals("next")) {
                boolean more = rows.hasNext();
                row[0] = more ? rows.next() : null;
                return more;
            }
            return method.getName().equals("close")
                    ? null
                    : Product.class.getDeclaredMethod((String) arguments[0]).invoke(row[0]);
        });
    }

    static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(FakeDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
