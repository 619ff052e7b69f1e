// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.ha.HaWatchers;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Topology;
import io.ucm.spi.WatchedCluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of its own that watches a cluster and promotes, with pauses at random points: some longer than a lock is kept
 * for. Reads the cluster from standard input, says on standard output when it is armed and who is the primary, and ends
 * when it is killed.
 */
final class PromotingProcess {

    private static final int LONG_PAUSE_MS = 3_500;

    private PromotingProcess() {}

    public static void main(String[] arguments) throws Exception {
        DriverCluster cluster = DriverCluster.described(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        Random random = new Random(Long.parseLong(arguments[1]));
        AtomicReference<String> said = new AtomicReference<>("");
        HaWatchers.in(Path.of(arguments[0])).watch(new Pausing(cluster, random), topology -> {
            String state = state(topology);
            if (!state.equals(said.getAndSet(state))) {
                System.out.println(state);
            }
        });
        LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(5));
    }

    private static String state(Topology topology) {
        return topology.primary() == null
                ? "nobody"
                : "%s %d %s"
                        .formatted(
                                topology.primary(),
                                topology.epoch().timeline(),
                                topology.promotion().armed()
                                        ? "armed"
                                        : topology.promotion().why());
    }

    /** Waits at random before what changes something, or is part of it. */
    private record Pausing(DriverCluster cluster, Random random) implements WatchedCluster {

        @Override
        public String name() {
            return cluster.name();
        }

        @Override
        public List<NodeAddress> nodes() {
            return cluster.nodes();
        }

        @Override
        public String configuredPrimary() {
            return cluster.configuredPrimary();
        }

        @Override
        public FailoverPolicy failoverPolicy() {
            return FailoverPolicy.PROMOTE;
        }

        @Override
        public Optional<Duration> silence(String node) {
            return Optional.empty();
        }

        @Override
        public Connection connect(String node, Duration timeout) throws SQLException {
            return pausing(Connection.class, cluster.connect(node, timeout));
        }

        @Override
        public Connection connectReplication(String node, Duration timeout) throws SQLException {
            return cluster.connectReplication(node, timeout);
        }

        private <T> T pausing(Class<T> type, T real) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                        if (arguments != null && arguments.length == 1 && arguments[0] instanceof String sql) {
                            pause(sql);
                        }
                        return wrapped(invoke(real, method, arguments));
                    }));
        }

        private Object wrapped(Object result) {
            return result instanceof java.sql.Statement statement && !(result instanceof java.sql.PreparedStatement)
                    ? pausing(java.sql.Statement.class, statement)
                    : result;
        }

        private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        /** The question of the watch is prepared once, and not paused. */
        private void pause(String sql) {
            if (sql.contains("pg_has_role")) {
                return;
            }
            int chance = random.nextInt(100);
            int ms = chance < 3 ? LONG_PAUSE_MS : chance < 30 ? random.nextInt(100) : 0;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
        }
    }
}
