// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MyBatis maps statements to methods. */
class MyBatisIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    /** A row. */
    public static final class Order {
        public Long id;
        public String customer;
        public int amount;

        public Order() {}

        Order(String customer, int amount) {
            this.customer = customer;
            this.amount = amount;
        }
    }

    /** Its statements. */
    public interface Orders {

        @Update("DROP TABLE IF EXISTS mybatis_orders")
        void drop();

        @Update(
                "CREATE TABLE mybatis_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, amount int)")
        void create();

        @Insert("INSERT INTO mybatis_orders (customer, amount) VALUES (#{customer}, #{amount})")
        @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        void add(Order order);

        @Select("SELECT id, customer, amount FROM mybatis_orders WHERE customer = #{customer}")
        Order of(@Param("customer") String customer);

        @Select("SELECT id, customer, amount FROM mybatis_orders ORDER BY id")
        @Options(fetchSize = 100)
        Cursor<Order> all();
    }

    private SqlSessionFactory sessions;

    @BeforeEach
    void emptyTable() {
        Configuration configuration =
                new Configuration(new Environment("test", new JdbcTransactionFactory(), POOL.dataSource()));
        configuration.addMapper(Orders.class);
        sessions = new SqlSessionFactoryBuilder().build(configuration);
        try (SqlSession session = sessions.openSession(true)) {
            session.getMapper(Orders.class).drop();
            session.getMapper(Orders.class).create();
        }
    }

    @Test
    void generatedKeysComeBackAndRowsAreMapped() {
        Order ada = new Order("Ada", 10);
        try (SqlSession session = sessions.openSession()) {
            session.getMapper(Orders.class).add(ada);
            session.commit();
        }

        try (SqlSession session = sessions.openSession()) {
            Order found = session.getMapper(Orders.class).of("Ada");
            assertThat(found.id).isNotNull().isEqualTo(ada.id);
            assertThat(found.amount).isEqualTo(10);
        }
    }

    @Test
    void whatIsNotCommittedIsGone() {
        try (SqlSession session = sessions.openSession()) {
            session.getMapper(Orders.class).add(new Order("Ada", 10));
        }

        try (SqlSession session = sessions.openSession()) {
            assertThat(session.getMapper(Orders.class).of("Ada")).isNull();
        }
    }

    @Test
    void aBatchIsReadBackByACursor() throws Exception {
        try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
            Orders orders = session.getMapper(Orders.class);
            for (int i = 0; i < 2_000; i++) {
                orders.add(new Order("customer " + i, i));
            }
            assertThat(session.flushStatements()).hasSize(1);
            session.commit();
        }

        try (SqlSession session = sessions.openSession();
                Cursor<Order> all = session.getMapper(Orders.class).all()) {
            List<Integer> amounts = new java.util.ArrayList<>();
            all.forEach(order -> amounts.add(order.amount));
            assertThat(amounts).hasSize(2_000).isSorted();
        }
    }
}
