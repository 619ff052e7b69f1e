// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.sql.Clob;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hibernate makes its tables, maps a graph, batches, locks, and reads a large result in pieces. */
class HibernateIT {

    @RegisterExtension
    static final Pool POOL = new Pool();

    @Entity(name = "Customer")
    @Table(name = "hibernate_customer")
    static class Customer {
        @Id
        @GeneratedValue
        Long id;

        @Version
        int version;

        String name;

        @jakarta.persistence.Lob
        Clob notes;

        @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL)
        List<Order> orders = new ArrayList<>();

        void order(int amount) {
            Order order = new Order();
            order.customer = this;
            order.amount = amount;
            orders.add(order);
        }
    }

    @Entity(name = "CustomerOrder")
    @Table(name = "hibernate_order")
    static class Order {
        @Id
        @GeneratedValue
        Long id;

        @ManyToOne
        Customer customer;

        int amount;
    }

    private SessionFactory sessions;

    @BeforeEach
    void emptyTables() {
        Configuration configuration =
                new Configuration().addAnnotatedClass(Customer.class).addAnnotatedClass(Order.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, POOL.dataSource());
        configuration.setProperty(AvailableSettings.HBM2DDL_AUTO, "create");
        configuration.setProperty(AvailableSettings.STATEMENT_BATCH_SIZE, "50");
        configuration.setProperty(AvailableSettings.ORDER_INSERTS, "true");
        sessions = configuration.buildSessionFactory();
    }

    @AfterEach
    void close() {
        sessions.close();
    }

    @Test
    void aGraphIsStoredAndFound() {
        Long id = sessions.fromTransaction(session -> {
            Customer ada = new Customer();
            ada.name = "Ada";
            ada.notes = Hibernate.getLobHelper().createClob("long ".repeat(100_000));
            ada.order(10);
            ada.order(20);
            session.persist(ada);
            return ada.id;
        });

        sessions.inTransaction(session -> {
            Customer found = session.createSelectionQuery(
                            "from Customer c join fetch c.orders where c.id = :id", Customer.class)
                    .setParameter("id", id)
                    .getSingleResult();
            assertThat(found.orders).extracting(order -> order.amount).containsExactlyInAnyOrder(10, 20);
            assertThat(length(found.notes)).isEqualTo(500_000);
        });
    }

    @Test
    void whoChangesWhatAnotherHasChangedIsTold() {
        Long id = sessions.fromTransaction(session -> {
            Customer ada = new Customer();
            ada.name = "Ada";
            session.persist(ada);
            return ada.id;
        });

        assertThatThrownBy(() -> sessions.inTransaction(first -> {
                    first.find(Customer.class, id).name = "first";
                    sessions.inTransaction(second -> {
                        second.find(Customer.class, id, LockModeType.PESSIMISTIC_WRITE).name = "second";
                    });
                }))
                .hasRootCauseInstanceOf(org.hibernate.StaleStateException.class)
                .isInstanceOf(OptimisticLockException.class);

        assertThat(sessions.<String>fromTransaction(session -> session.find(Customer.class, id).name))
                .isEqualTo("second");
    }

    @Test
    void aBatchIsReadBackInPieces() {
        sessions.inTransaction(session -> {
            Customer grace = new Customer();
            grace.name = "Grace";
            for (int i = 0; i < 3_000; i++) {
                grace.order(i);
            }
            session.persist(grace);
        });

        long sum = sessions.fromTransaction(session -> {
            try (Stream<Integer> amounts = session.createSelectionQuery(
                            "select amount from CustomerOrder", Integer.class)
                    .setFetchSize(100)
                    .getResultStream()) {
                return amounts.mapToLong(Integer::longValue).sum();
            }
        });
        assertThat(sum).isEqualTo(3_000L * 2_999 / 2);
    }

    private static long length(Clob clob) {
        try {
            return clob.length();
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
