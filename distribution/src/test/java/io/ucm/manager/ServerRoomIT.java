// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server with 20 connections, 5 of them reserved. */
@Timeout(60)
class ServerRoomIT {

    /** What the settings leave, less the connection that looks. */
    private static final int ALL = 14;

    private static SeparatePostgres postgres;

    private final ServerRoom room = new ServerRoom();
    private static Connection looking;

    private final List<Connection> open = new ArrayList<>();

    @BeforeAll
    static void start() throws SQLException {
        postgres = SeparatePostgres.start();
        postgres.settings("max_connections = 20", "superuser_reserved_connections = 3", "reserved_connections = 2");
        postgres.restart();
        postgres.sql("CREATE ROLE app LOGIN PASSWORD 'app'; CREATE ROLE other LOGIN PASSWORD 'other'");
        postgres.sql("CREATE DATABASE mine");
        looking = connect("other", "other", "postgres");
    }

    @AfterAll
    static void stop() throws SQLException {
        looking.close();
        postgres.close();
    }

    @BeforeEach
    void nobodyIsConnected() throws Exception {
        waitFor(0);
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection each : open) {
            each.close();
        }
        postgres.sql("ALTER ROLE app CONNECTION LIMIT -1");
        postgres.sql("ALTER DATABASE mine CONNECTION LIMIT -1");
    }

    @Test
    void takesHalfOfWhatIsLeftUntilNothingIs() {
        assertThat(take(3)).isEqualTo(3);
        assertThat(take(100)).isEqualTo((ALL - 3) / 2);
        int taken = 3 + (ALL - 3) / 2;
        for (int more = take(100); more > 0; more = take(100)) {
            taken += more;
        }
        assertThat(taken).isEqualTo(ALL);
    }

    @Test
    void whatOthersHaveOpenIsNotLeft() throws Exception {
        open("other", "other", "postgres", 9);

        assertThat(take(100)).isEqualTo((ALL - 9) / 2);
    }

    @Test
    void aRolesOwnLimitCounts() throws Exception {
        postgres.sql("ALTER ROLE app CONNECTION LIMIT 8");
        open("app", "app", "postgres", 2);
        open("other", "other", "postgres", 2);

        assertThat(take(100)).isEqualTo((8 - 2) / 2);
    }

    @Test
    void aDatabasesOwnLimitCounts() throws Exception {
        postgres.sql("ALTER DATABASE mine CONNECTION LIMIT 6");
        open("other", "other", "mine", 2);
        open("other", "other", "postgres", 2);

        assertThat(take(100)).isEqualTo((6 - 2) / 2);
    }

    @Test
    void whatTheServerRunsForAQueryTakesNoPlace() throws Exception {
        open("app", "app", "postgres", 2);
        Statement busy = open.get(0).createStatement();
        busy.execute("SET debug_parallel_query = on");
        CompletableFuture<Void> query = CompletableFuture.runAsync(() -> {
            try {
                busy.execute("SELECT count(*) FROM generate_series(1, 1000000000)");
            } catch (SQLException e) {
                // It is cancelled.
            }
        });
        try {
            waitFor(3);

            assertThat(take(100)).isEqualTo((ALL - 2) / 2);
        } finally {
            busy.cancel();
            query.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aServerThatRefusesHasNothingLeft() throws Exception {
        open("other", "other", "postgres", ALL);

        assertThat(take(1)).isZero();
    }

    @Test
    void aServerThatCanNotBeAskedDecidesByItself() {
        assertThat(room.take(7, () -> {
                    throw new SQLException("nobody is there", "08001");
                }))
                .isEqualTo(7);
    }

    private int take(int more) {
        return room.take(more, () -> connect("app", "app", "mine"));
    }

    private void open(String user, String password, String database, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            open.add(connect(user, password, database));
        }
        waitFor(open.size());
    }

    private static Connection connect(String user, String password, String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database, user, password);
    }

    /** A connection that is closed is still seen for a moment, whoever had it. */
    private static void waitFor(int count) {
        Awaitility.await("connections that the server sees").until(ServerRoomIT::others, seen -> seen == count);
    }

    private static int others() throws SQLException {
        try (Statement statement = looking.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE usename IS NOT NULL AND datid IS NOT NULL AND pid <> pg_backend_pid()")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
