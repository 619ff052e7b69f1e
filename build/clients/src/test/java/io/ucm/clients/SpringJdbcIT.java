// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring JDBC, with its transactions. */
class SpringJdbcIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    private JdbcTemplate jdbc;
    private DataSourceTransactionManager transactions;

    @BeforeEach
    void emptyTable() {
        jdbc = new JdbcTemplate(POOL.dataSource());
        transactions = new DataSourceTransactionManager(POOL.dataSource());
        jdbc.execute("DROP TABLE IF EXISTS spring_orders");
        jdbc.execute("CREATE TABLE spring_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                + " customer text UNIQUE, amount int, picture bytea)");
    }

    @Test
    void generatedKeysComeBack() {
        GeneratedKeyHolder keys = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement insert = connection.prepareStatement(
                            "INSERT INTO spring_orders (customer, amount) VALUES (?, ?)", new String[] {"id"});
                    insert.setString(1, "Ada");
                    insert.setInt(2, 10);
                    return insert;
                },
                keys);
        Number second = new SimpleJdbcInsert(jdbc)
                .withTableName("spring_orders")
                .usingColumns("customer", "amount")
                .usingGeneratedKeyColumns("id")
                .executeAndReturnKey(Map.of("customer", "Grace", "amount", 20));

        assertThat(second.longValue()).isGreaterThan(keys.getKeyAs(Long.class));
        assertThat(new NamedParameterJdbcTemplate(jdbc)
                        .queryForObject(
                                "SELECT customer FROM spring_orders WHERE id = :id",
                                Map.of("id", second),
                                String.class))
                .isEqualTo("Grace");
    }

    @Test
    void errorsAreTranslatedAndANestedTransactionIsASavepoint() {
        TransactionTemplate outer = new TransactionTemplate(transactions);
        TransactionTemplate nested = new TransactionTemplate(transactions);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);

        outer.executeWithoutResult(begun -> {
            insert("Ada", 10);
            assertThatThrownBy(() -> nested.executeWithoutResult(inside -> insert("Ada", 20)))
                    .isInstanceOf(DuplicateKeyException.class);
            insert("Grace", 30);
        });
        outer.executeWithoutResult(begun -> {
            insert("Barbara", 40);
            begun.setRollbackOnly();
        });

        assertThat(jdbc.queryForObject("SELECT sum(amount) FROM spring_orders", int.class))
                .isEqualTo(40);
    }

    @Test
    void aTransactionMayBeReadOnlyAndSerializable() {
        TransactionTemplate strict = new TransactionTemplate(transactions);
        strict.setReadOnly(true);
        strict.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);

        assertThat(strict.<String>execute(inside -> jdbc.queryForObject("SHOW transaction_isolation", String.class)))
                .isEqualTo("serializable");
        assertThatThrownBy(() -> strict.executeWithoutResult(inside -> insert("Ada", 1)))
                .hasMessageContaining("read-only transaction");
    }

    @Test
    void aBatchIsReadBackInPieces() {
        List<Object[]> rows = IntStream.range(0, 5_000)
                .mapToObj(i -> new Object[] {"customer " + i, i})
                .toList();
        jdbc.batchUpdate("INSERT INTO spring_orders (customer, amount) VALUES (?, ?)", rows);

        jdbc.setFetchSize(100);
        long sum = new TransactionTemplate(transactions).<Long>execute(inside -> {
            long[] all = {0};
            jdbc.query("SELECT amount FROM spring_orders", row -> {
                all[0] += row.getLong(1);
            });
            return all[0];
        });
        assertThat(sum).isEqualTo(5_000L * 4_999 / 2);
    }

    @Test
    void largeBytesAreStreamed() {
        byte[] picture = new byte[3_000_000];
        new Random(7).nextBytes(picture);

        jdbc.update(
                "INSERT INTO spring_orders (customer, picture) VALUES ('Ada', ?)",
                insert -> insert.setBinaryStream(1, new ByteArrayInputStream(picture), picture.length));

        assertThat(jdbc.queryForObject("SELECT picture FROM spring_orders", byte[].class))
                .isEqualTo(picture);
    }

    private void insert(String customer, int amount) {
        jdbc.update("INSERT INTO spring_orders (customer, amount) VALUES (?, ?)", customer, amount);
    }
}
