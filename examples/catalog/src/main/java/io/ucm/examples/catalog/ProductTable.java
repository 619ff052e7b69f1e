// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.ConnectionManager;
import io.ucm.api.SqlWork;
import io.ucm.examples.workload.Answer;
import io.ucm.examples.workload.Grant;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL of one shop's products. */
record ProductTable(String shop) {

    /** Those whose products {@link #create()} makes. */
    static final List<String> SHOPS = List.of("north", "south");

    /** Each of them has the ids from 1 to this. */
    static final int PRODUCTS = 100;

    /** Two containers may create it at once; the lock lets one do it. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('catalog_product'))";

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS catalog_product (
                shop text, id integer, name text NOT NULL, price numeric(10, 2) NOT NULL,
                version bigint NOT NULL DEFAULT 0, PRIMARY KEY (shop, id));
            INSERT INTO catalog_product (shop, id, name, price)
                SELECT shop, id, goods || ' no. ' || id, 1 + id / 10.0
                FROM (VALUES ('north', 'Tea'), ('south', 'Coffee')) AS shops (shop, goods), generate_series(1, %d) AS id
                ON CONFLICT DO NOTHING
            """.formatted(PRODUCTS);

    private static final String COLUMNS = "shop, id, name, price, version";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM catalog_product WHERE shop = ? ";

    /** Makes the table and the shops' products, for that manager's use; false when they were there. Blocks. */
    static boolean make(ConnectionManager manager, ConnectionManager owner) throws Exception {
        return Answer.of(owner.write(create(Grant.of(manager, "catalog_product", "UPDATE"))));
    }

    private static SqlWork<Boolean> create(String grant) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(LOCK);
                boolean wasThere = isThere(statement);
                statement.execute(wasThere ? grant : CREATE + ";" + grant);
                return !wasThere;
            }
        };
    }

    private static boolean isThere(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT to_regclass('catalog_product') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Nullable
    Product byId(Connection connection, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + "AND id = ?")) {
            select.setString(1, shop);
            select.setInt(2, id);
            List<Product> found = products(select);
            return found.isEmpty() ? null : found.get(0);
        }
    }

    /** By id, as keys have it. */
    Map<String, Product> byKeys(Connection connection, Set<String> keys) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + "AND id = ANY (?::integer[])")) {
            select.setString(1, shop);
            select.setArray(2, connection.createArrayOf("text", keys.toArray()));
            Map<String, Product> byKey = new HashMap<>();
            products(select).forEach(product -> byKey.put(Integer.toString(product.id()), product));
            return byKey;
        }
    }

    List<Product> all(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + "ORDER BY id")) {
            select.setString(1, shop);
            return products(select);
        }
    }

    /** The product with its new price and version. */
    Product changePrice(Connection connection, int id, BigDecimal price) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE catalog_product SET price = ?, version = version + 1 WHERE shop = ? AND id = ? RETURNING "
                        + COLUMNS)) {
            update.setBigDecimal(1, price);
            update.setString(2, shop);
            update.setInt(3, id);
            return products(update).stream()
                    .findFirst()
                    .orElseThrow(() -> new NoSuchElementException("shop '" + shop + "' has no product " + id));
        }
    }

    private static List<Product> products(PreparedStatement statement) throws SQLException {
        List<Product> products = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                products.add(new Product(
                        row.getString("shop"),
                        row.getInt("id"),
                        row.getString("name"),
                        row.getBigDecimal("price"),
                        row.getLong("version")));
            }
        }
        return products;
    }
}
