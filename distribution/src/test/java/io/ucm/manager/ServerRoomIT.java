// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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

    private static final int ALL = 15;

    private static SeparatePostgres postgres;

    private final ServerRoom room = new ServerRoom();
    private final List<Connection> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.settings("max_connections = 20", "superuser_reserved_connections = 3", "reserved_connections = 2");
        postgres.restart();
        postgres.sql("CREATE ROLE app LOGIN PASSWORD 'app'; CREATE ROLE other LOGIN PASSWORD 'other'");
        postgres.sql("CREATE DATABASE mine");
    }

    @AfterAll
    static void stop() {
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

    /** A connection that is closed is still seen for a moment. */
    private static void waitFor(int count) {
        Awaitility.await("connections that the server sees")
                .until(
                        () -> postgres.query("SELECT count(*) FROM pg_stat_activity WHERE usename IN ('app', 'other')"),
                        String.valueOf(count)::equals);
    }
}
