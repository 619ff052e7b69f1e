// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A cluster of which each statement is heard before it runs, in the thread that runs it. What is prepared, as the question of a
 * watch, is heard once.
 */
record HeardCluster(DriverCluster cluster, FailoverPolicy failoverPolicy, Consumer<String> before)
        implements WatchedCluster {

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
    public Optional<Duration> silence(String node) {
        return Optional.empty();
    }

    @Override
    public Connection connect(String node, Duration timeout) throws SQLException {
        return heard(Connection.class, cluster.connect(node, timeout));
    }

    @Override
    public Connection connectReplication(String node, Duration timeout) throws SQLException {
        return cluster.connectReplication(node, timeout);
    }

    private <T> T heard(Class<T> type, T real) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (arguments != null && arguments.length == 1 && arguments[0] instanceof String sql) {
                        before.accept(sql);
                    }
                    return wrapped(invoke(real, method, arguments));
                }));
    }

    private Object wrapped(Object result) {
        return result instanceof Statement statement && !(result instanceof PreparedStatement)
                ? heard(Statement.class, statement)
                : result;
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
