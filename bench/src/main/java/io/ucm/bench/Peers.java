// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.ucm.bench.Contestant.Opened;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.vibur.dbcp.ViburDBCPDataSource;

/**
 * The other pools and how they are set. All: a fixed number of connections, opened at the start; five seconds to wait for
 * one; the next borrower finds autocommit on, no open transaction and the usual isolation level, which vibur, tomcat-jdbc
 * and dbcp2 must be told. Each validates in its own way, but none with each borrow, because none needs to:
 *
 * <pre>
 * hikaricp     its defaults: validates what was idle for 500 ms
 * agroal       validates what was idle for 500 ms (by default nothing); told which of PostgreSQL's errors end a connection
 * vibur        its default: validates what was idle for 5 s
 * tomcat-jdbc  its interval when borrowing: at most every 3 s (by default never)
 * dbcp2        validates what is idle, every 30 s (by default with each borrow, one round trip more than the others)
 * c3p0         validates what is idle, every 30 s (by default nothing)
 * </pre>
 */
final class Peers {

    private static final int ACQUIRE_MS = (int) Contestant.ACQUIRE_TIMEOUT.toMillis();
    private static final Duration IDLE_CHECK = Duration.ofSeconds(30);

    private static final Properties VERSIONS = versions();

    private interface Opener {

        Opened open(Contestant contestant, Database database, Size size) throws Exception;
    }

    /** Between which numbers of connections a pool may choose. */
    record Size(int least, int most) {

        static Size always(int connections) {
            return new Size(connections, connections);
        }
    }

    private record Peer(Contestant contestant, Opener opener) {}

    private static final List<Peer> ALL = List.of(
            peer(Contestant.BARE, Peers::hikari),
            peer("agroal", Peers::agroal),
            peer("vibur", Peers::vibur),
            peer("tomcat-jdbc", Peers::tomcat),
            peer("dbcp2", Peers::dbcp2),
            peer("c3p0", Peers::c3p0));

    private Peers() {}

    /** Opens pools of that size, the bare one first, and adds each as soon as it is open. */
    static void open(Function<Contestant, Database> database, int size, List<Opened> opened) throws Exception {
        for (Contestant contestant : contestants()) {
            opened.add(open(contestant, database.apply(contestant), Size.always(size)));
        }
    }

    /** All of them, the bare one first. */
    static List<Contestant> contestants() {
        return ALL.stream().map(Peer::contestant).toList();
    }

    /** The one of that name. */
    static Contestant named(String name) {
        return contestants().stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Of a product that is no pool, as the build has it. */
    static String version(String product) {
        return VERSIONS.getProperty(product);
    }

    /** Opens the pool of one of them. */
    static Opened open(Contestant contestant, Database database, Size size) throws Exception {
        Peer found = ALL.stream()
                .filter(peer -> peer.contestant().equals(contestant))
                .findFirst()
                .orElseThrow();
        Opened pool = found.opener().open(contestant, database, size);
        // Some open their connections with the first borrow.
        pool.dataSource().getConnection().close();
        return pool;
    }

    /** The one that UCM has inside. */
    static Contestant bare() {
        return ALL.get(0).contestant();
    }

    /** Opens the bare pool alone. */
    static Opened openBare(Database database, int size) throws Exception {
        Peer bare = ALL.get(0);
        return bare.opener().open(bare.contestant(), database, Size.always(size));
    }

    private static Peer peer(String name, Opener opener) {
        return new Peer(new Contestant(name, VERSIONS.getProperty(name)), opener);
    }

    private static Opened hikari(Contestant contestant, Database database, Size size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(contestant.name());
        config.setDriverClassName(database.driver());
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        database.properties().forEach(config::addDataSourceProperty);
        config.setMaximumPoolSize(size.most());
        config.setMinimumIdle(size.least());
        config.setConnectionTimeout(ACQUIRE_MS);
        HikariDataSource pool = new HikariDataSource(config);
        return new Opened(contestant, pool, pool::close);
    }

    private static Opened agroal(Contestant contestant, Database database, Size size) throws Exception {
        AgroalDataSource pool = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(settings -> settings.initialSize(size.least())
                        .minSize(size.least())
                        .maxSize(size.most())
                        .acquisitionTimeout(Contestant.ACQUIRE_TIMEOUT)
                        .connectionValidator(ConnectionValidator.defaultValidator())
                        .idleValidationTimeout(Duration.ofMillis(500))
                        .exceptionSorter(new PostgreSQLExceptionSorter())
                        .connectionFactoryConfiguration(factory -> {
                            factory.connectionProviderClassName(database.driver())
                                    .jdbcUrl(database.url())
                                    .principal(new NamePrincipal(database.user()))
                                    .credential(new SimplePassword(database.password()));
                            database.properties().forEach(factory::jdbcProperty);
                            return factory;
                        })));
        return new Opened(contestant, pool, pool::close);
    }

    private static Opened vibur(Contestant contestant, Database database, Size size) {
        ViburDBCPDataSource pool = new ViburDBCPDataSource();
        pool.setName(contestant.name());
        pool.setDriverClassName(database.driver());
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.user());
        pool.setPassword(database.password());
        pool.setDriverProperties(properties(database));
        pool.setPoolInitialSize(size.least());
        pool.setPoolMaxSize(size.most());
        pool.setConnectionTimeoutInMs(ACQUIRE_MS);
        pool.setResetDefaultsAfterUse(true);
        pool.setDefaultAutoCommit(true);
        pool.setDefaultTransactionIsolation("READ_COMMITTED");
        pool.start();
        return new Opened(contestant, pool, pool::terminate);
    }

    private static Opened tomcat(Contestant contestant, Database database, Size size) {
        PoolProperties settings = new PoolProperties();
        settings.setName(contestant.name());
        settings.setJmxEnabled(false);
        settings.setDriverClassName(database.driver());
        settings.setUrl(database.url());
        settings.setUsername(database.user());
        settings.setPassword(database.password());
        settings.setDbProperties(properties(database));
        settings.setInitialSize(size.least());
        settings.setMinIdle(size.least());
        settings.setMaxIdle(size.most());
        settings.setMaxActive(size.most());
        settings.setMaxWait(ACQUIRE_MS);
        settings.setTestOnBorrow(true);
        settings.setDefaultAutoCommit(true);
        settings.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        settings.setRollbackOnReturn(true);
        settings.setJdbcInterceptors("ConnectionState");
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(settings);
        return new Opened(contestant, pool, pool::close);
    }

    private static Opened dbcp2(Contestant contestant, Database database, Size size) throws Exception {
        BasicDataSource pool = new BasicDataSource();
        pool.setDriverClassName(database.driver());
        pool.setUrl(database.url());
        pool.setUsername(database.user());
        pool.setPassword(database.password());
        database.properties().forEach(pool::addConnectionProperty);
        pool.setInitialSize(size.least());
        pool.setMinIdle(size.least());
        pool.setMaxIdle(size.most());
        pool.setMaxTotal(size.most());
        pool.setMaxWait(Contestant.ACQUIRE_TIMEOUT);
        pool.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        pool.setTestOnBorrow(false);
        pool.setTestWhileIdle(true);
        pool.setDurationBetweenEvictionRuns(IDLE_CHECK);
        return new Opened(contestant, pool, pool::close);
    }

    private static Opened c3p0(Contestant contestant, Database database, Size size) throws Exception {
        ComboPooledDataSource pool = new ComboPooledDataSource();
        pool.setDataSourceName(contestant.name());
        pool.setDriverClass(database.driver());
        pool.setJdbcUrl(database.url());
        Properties properties = properties(database);
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        pool.setProperties(properties);
        pool.setInitialPoolSize(size.least());
        pool.setMinPoolSize(size.least());
        pool.setMaxPoolSize(size.most());
        pool.setCheckoutTimeout(ACQUIRE_MS);
        pool.setIdleConnectionTestPeriod((int) IDLE_CHECK.toSeconds());
        return new Opened(contestant, pool, pool::close);
    }

    private static Properties properties(Database database) {
        Properties properties = new Properties();
        properties.putAll(database.properties());
        return properties;
    }

    private static Properties versions() {
        try (InputStream stream = Peers.class.getResourceAsStream("versions.properties")) {
            Properties versions = new Properties();
            versions.load(stream);
            return versions;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
