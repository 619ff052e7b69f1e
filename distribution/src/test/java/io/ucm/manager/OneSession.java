// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.embedded.SeparatePostgres;
import io.ucm.settings.Origin;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.NodeAddress;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.jdbc.DataSourceFactory;
import org.postgresql.osgi.PGDataSourceFactory;

/** A manager with one connection to a real server, outside a container. Knows the server's routines once it is made. */
final class OneSession implements AutoCloseable {

    private static final ConditionFactory AT_ONCE = Awaitility.await().pollInterval(Duration.ofMillis(2));

    private final Threads threads = new Threads();
    private final SessionRules rules = new SessionRules();
    private final Manager manager;
    private volatile @Nullable OnePool pool;

    OneSession(SeparatePostgres postgres, String mode, String user, String password) {
        Origin origin = new Origin("io.ucm.test~1", null);
        ClusterSettings cluster = ClusterSettings.of(
                origin,
                config(
                        ClusterConfig.class,
                        Map.of(
                                "cluster",
                                "main",
                                "nodes",
                                new String[] {"n1=127.0.0.1:" + postgres.port()},
                                "database",
                                "postgres",
                                "tls_mode",
                                "disable")));
        ModeSettings settings = ModeSettings.of(
                origin,
                config(
                        ModeConfig.class,
                        Map.of(
                                "cluster",
                                "main",
                                "mode",
                                mode,
                                "user",
                                user,
                                "_password",
                                password,
                                "pool_size_count",
                                1,
                                "acquire_timeout_ms",
                                2000,
                                "statement_timeout_ms",
                                5000)));
        manager = new Manager(settings, threads, new Around());
        Blueprint blueprint = new Blueprint(
                part((ConnectionPoolFactory) (pooled, source) -> pool = new OnePool(source)),
                part((DataSourceFactory) new PGDataSourceFactory()),
                cluster,
                settings.session(),
                manager.credentials(),
                cluster.primary(),
                Tls.withoutFiles(TlsMode.DISABLE),
                new ConnectTurns());
        manager.want(blueprint, new Route(cluster.primary(), null, List.of()));
        AT_ONCE.until(() -> manager.generations().current() != null);
        awaitRules();
    }

    /** Returns when the server was asked, and nothing but texts that name a routine are in doubt. */
    void awaitRules() {
        AT_ONCE.until(() -> rules.effects("SELECT 1") == 0);
    }

    SessionRules rules() {
        return rules;
    }

    ConnectionManager view() {
        return manager.viewOf(proxy(Bundle.class, Map.of("getBundleId", 1L, "getSymbolicName", "test")));
    }

    DataSource dataSource() {
        return view().dataSource();
    }

    Manager manager() {
        return manager;
    }

    /** How many sessions were opened so far. */
    int opened() {
        OnePool now = pool;
        return now == null ? 0 : now.opened;
    }

    /** The one value that a query returns to a new borrower. */
    String query(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection()) {
            return query(connection, sql);
        }
    }

    static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return String.valueOf(result.getString(1));
        }
    }

    @Override
    public void close() {
        manager.close();
        threads.close();
    }

    private final class Around implements Surroundings {

        private final Answers answers = new Answers(threads);
        private final ClusterCaches caches = new ClusterCaches("main", answers);
        private final Monitoring monitoring = new Monitoring(answers);
        private final Rooms rooms = new Rooms();
        private final AtomicInteger tokenChanges = new AtomicInteger();
        private final Events events = new Events();

        @Override
        public List<Node> nodes() {
            return List.of();
        }

        @Override
        public void lost(NodeAddress node, SQLException failure) {}

        @Override
        public ClusterCaches caches() {
            return caches;
        }

        @Override
        public Monitoring monitoring() {
            return monitoring;
        }

        @Override
        public Rooms rooms() {
            return rooms;
        }

        @Override
        public Set<String> writers() {
            return Set.of("app");
        }

        @Override
        public AtomicInteger tokenChanges() {
            return tokenChanges;
        }

        @Override
        public Events events() {
            return events;
        }

        @Override
        public SessionRules rules() {
            return rules;
        }
    }

    private static final class OnePool implements ConnectionPool {

        private final ConnectionSource source;
        private @Nullable Connection idle;
        private int lent;
        private volatile int opened;

        OnePool(ConnectionSource source) throws SQLException {
            this.source = source;
            idle = open();
        }

        private Connection open() throws SQLException {
            opened++;
            return source.open();
        }

        @Override
        public synchronized Connection getConnection(Duration timeout) throws SQLException {
            if (lent != 0) {
                throw new AssertionError("the gate let two through");
            }
            Connection physical = idle == null ? open() : idle;
            idle = null;
            lent = 1;
            return new Lent(physical);
        }

        private synchronized void back(@Nullable Connection connection) {
            if (--lent != 0) {
                throw new AssertionError("returned twice");
            }
            idle = connection;
        }

        @Override
        public void evict(Connection connection) {
            close(((Lent) connection).physical);
            try {
                back(open());
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void resize(int size) {
            throw new AssertionError("it has one connection");
        }

        @Override
        public synchronized PoolStats stats() {
            return new PoolStats(lent, idle == null ? 0 : 1, 0, 1);
        }

        @Override
        public synchronized void close() {
            if (idle != null) {
                close(idle);
            }
        }

        private static void close(Connection connection) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        private final class Lent extends ForwardingConnection {

            private final Connection physical;

            Lent(Connection physical) {
                this.physical = physical;
            }

            @Override
            Connection delegate() {
                return physical;
            }

            @Override
            public <T> T unwrap(Class<T> type) {
                return type.cast(physical);
            }

            @Override
            public void close() {
                back(physical);
            }

            @Override
            public void setClientInfo(String name, String value) {
                throw new AssertionError();
            }

            @Override
            public void setClientInfo(Properties properties) {
                throw new AssertionError();
            }
        }
    }

    private static <S> Part<S> part(S service) {
        Bundle bundle = proxy(Bundle.class, Map.of("getBundleId", 1L, "getSymbolicName", "part"));
        ServiceReference<S> reference = proxy(ServiceReference.class, Map.of("getBundle", bundle));
        return Part.of(reference, service);
    }

    private static <A> A config(Class<A> type, Map<String, Object> values) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object value = values.get(method.getName());
            return value != null ? value : method.getDefaultValue();
        }));
    }

    /** An object of an OSGi interface that answers with fixed values, equal to itself only. */
    @SuppressWarnings("unchecked")
    private static <T, U> T proxy(Class<U> type, Map<String, Object> values) {
        Map<String, Object> answers = new ConcurrentHashMap<>(values);
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "equals" -> self == args[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> answers.get(method.getName());
                });
    }
}
