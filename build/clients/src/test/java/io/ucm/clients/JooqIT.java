// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.constraint;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.table;

import java.util.List;
import java.util.stream.IntStream;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** jOOQ defines, changes, maps and reads. */
class JooqIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    private static final Table<Record> ORDERS = table(name("jooq_orders"));
    private static final Field<Integer> ID = field(name("id"), SQLDataType.INTEGER.identity(true));
    private static final Field<String> CUSTOMER = field(name("customer"), SQLDataType.VARCHAR.nullable(false));
    private static final Field<Integer> AMOUNT = field(name("amount"), SQLDataType.INTEGER);

    /** What a row is mapped to. */
    record Order(int id, String customer, int amount) {}

    private DSLContext jooq;

    @BeforeEach
    void emptyTable() {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        jooq = DSL.using(POOL.dataSource(), SQLDialect.POSTGRES);
        jooq.dropTableIfExists(ORDERS).execute();
        jooq.createTable(ORDERS)
                .columns(ID, CUSTOMER, AMOUNT)
                .constraints(
                        constraint("jooq_orders_key").primaryKey(ID),
                        constraint("jooq_orders_one").unique(CUSTOMER))
                .execute();
    }

    @Test
    void generatedKeysComeBackAndRowsAreMapped() {
        Result<Record2<Integer, String>> inserted = jooq.insertInto(ORDERS, CUSTOMER, AMOUNT)
                .values("Ada", 10)
                .values("Grace", 20)
                .returningResult(ID, CUSTOMER)
                .fetch();

        assertThat(inserted.getValues(CUSTOMER)).containsExactly("Ada", "Grace");
        assertThat(jooq.select(ID, CUSTOMER, AMOUNT).from(ORDERS).orderBy(ID).fetchInto(Order.class))
                .containsExactly(
                        new Order(inserted.get(0).value1(), "Ada", 10),
                        new Order(inserted.get(1).value1(), "Grace", 20));
    }

    @Test
    void aNestedTransactionIsASavepoint() {
        jooq.transaction(outer -> {
            outer.dsl().insertInto(ORDERS, CUSTOMER, AMOUNT).values("Ada", 10).execute();
            assertThatThrownBy(() -> outer.dsl().transaction(inner -> {
                        inner.dsl()
                                .insertInto(ORDERS, CUSTOMER, AMOUNT)
                                .values("Ada", 20)
                                .execute();
                    }))
                    .isInstanceOf(DataAccessException.class)
                    .hasMessageContaining("jooq_orders_one");
            outer.dsl().insertInto(ORDERS, CUSTOMER, AMOUNT).values("Grace", 30).execute();
        });

        assertThat(jooq.select(sum(AMOUNT)).from(ORDERS).fetchSingle(0, int.class))
                .isEqualTo(40);
    }

    @Test
    void aBatchIsReadBackByACursor() {
        List<Integer> amounts = IntStream.range(0, 5_000).boxed().toList();
        jooq.batch(
                        jooq.insertInto(ORDERS, CUSTOMER, AMOUNT).values((String) null, null),
                        amounts.stream()
                                .map(amount -> new Object[] {"customer " + amount, amount})
                                .toArray(Object[][]::new))
                .execute();

        int[] read = {0};
        jooq.transaction(inside -> {
            try (Cursor<?> cursor = inside.dsl()
                    .select(AMOUNT)
                    .from(ORDERS)
                    .orderBy(ID)
                    .fetchSize(100)
                    .fetchLazy()) {
                cursor.forEach(row -> assertThat(row.get(0)).isEqualTo(read[0]++));
            }
        });
        assertThat(read[0]).isEqualTo(5_000);
    }

    @Test
    void theCatalogTellsOfTheTable() {
        assertThat(jooq.meta().getTables("jooq_orders")).singleElement().satisfies(found -> assertThat(
                        found.fieldsRow().fields())
                .extracting(Field::getName)
                .containsExactly("id", "customer", "amount"));
    }
}
