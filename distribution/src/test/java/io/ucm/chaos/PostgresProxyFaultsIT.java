// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The faults that know the protocol, between a real driver and a real server. */
@Timeout(60)
class PostgresProxyFaultsIT {

    private static SeparatePostgres postgres;

    private ChaosProxy proxy;

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.sql("CREATE TABLE written (id int)");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void before() {
        postgres.sql("TRUNCATE written");
        proxy = new ChaosProxy(postgres.port());
    }

    @AfterEach
    void after() {
        proxy.close();
    }

    @ParameterizedTest
    @CsvSource({"extended,5", "simple,5", "extended,1"})
    void theAnswerOfACommitIsLostAndTheServerHasExecutedIt(String mode, String prepareThreshold) throws SQLException {
        try (Connection connection = connect("preferQueryMode", mode, "prepareThreshold", prepareThreshold)) {
            for (int i = 0; i < 7; i++) {
                insert(connection);
                connection.commit();
            }
            insert(connection);
            proxy.loseCommits(1, ChaosProxy.Then.RESET);
            assertThatThrownBy(connection::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
        }
        assertThat(proxy.lostCommits()).isEqualTo(1);
        assertThat(postgres.query("SELECT count(*) FROM written")).isEqualTo("8");
    }

    @Test
    void afterALostAnswerItMayBeSilent() throws SQLException {
        try (Connection connection = connect("socketTimeout", "1")) {
            insert(connection);
            proxy.loseCommits(1, ChaosProxy.Then.SILENCE);
            assertThatThrownBy(connection::commit).hasRootCauseMessage("Read timed out");
        }
        assertThat(postgres.query("SELECT count(*) FROM written")).isEqualTo("1");
        assertThat(sessions()).as("the server was not told").isEqualTo(1);
    }

    @Test
    void whileItStartsItSaysSo() throws Exception {
        try (Connection connection = connect()) {
            proxy.startUp();
            assertThatThrownBy(() -> insert(connection)).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(this::connect).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                .isEqualTo("57P03"));
        proxy.pass();
        connect().close();
    }

    @Test
    void countsWhoConnectsAtOnce() throws Exception {
        proxy.refuse("53300", "too many clients already");
        proxy.slow(Way.TO_CLIENT, Duration.ofMillis(300));
        refused();
        assertThat(proxy.mostConnecting()).isEqualTo(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        threads.invokeAll(Collections.nCopies(3, Executors.callable(this::refused)));
        threads.shutdown();
        assertThat(proxy.mostConnecting()).isEqualTo(3);

        proxy.pass();
        EchoServer.await(() -> proxy.connecting() == 0);
        try (Connection connection = connect()) {
            assertThat(proxy.connecting()).isZero();
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    private void refused() {
        assertThatThrownBy(this::connect).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                .isEqualTo("53300"));
    }

    private int sessions() {
        return Integer.parseInt(
                postgres.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'through the proxy'"));
    }

    private static void insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO written VALUES (1)");
        }
    }

    private Connection connect(String... properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", postgres.superuser());
        all.setProperty("password", postgres.password());
        all.setProperty("ApplicationName", "through the proxy");
        for (int i = 0; i < properties.length; i += 2) {
            all.setProperty(properties[i], properties[i + 1]);
        }
        Connection connection =
                DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres", all);
        connection.setAutoCommit(false);
        return connection;
    }
}
