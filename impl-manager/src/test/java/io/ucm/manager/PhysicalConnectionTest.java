// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** One connection, and the sessions that take each other's place in it. */
class PhysicalConnectionTest {

    private static final long AN_HOUR_AGO =
            System.nanoTime() - Duration.ofHours(1).toNanos();

    private final FakeServer server = new FakeServer();
    private final Connections siblings = new Connections(Runnable::run);

    @Test
    void aSessionThatComesAfterTheEndIsClosedThoughNobodyGivesTheConnectionBack() throws SQLException {
        PhysicalConnection connection = connection(session(System.nanoTime()));
        connection.take();
        connection.close();
        ServerSession late = session(System.nanoTime());

        connection.renew(late);

        assertThat(late.raw().isClosed()).isTrue();
        assertThat(server.open).hasValue(0);
    }

    @Test
    void aSessionWasHeardOfWhenItWasOpened() throws SQLException {
        PhysicalConnection connection = connection(session(System.nanoTime()));
        assertThat(silentForHalfAnHour(connection)).isFalse();

        connection.renew(session(AN_HOUR_AGO));

        assertThat(silentForHalfAnHour(connection)).isTrue();
    }

    private static boolean silentForHalfAnHour(PhysicalConnection connection) {
        return connection.silentFor(Duration.ofMinutes(30), System.nanoTime());
    }

    private PhysicalConnection connection(ServerSession session) {
        return new PhysicalConnection(session, new NodeAddress("n1", "db1", 5432), siblings);
    }

    private ServerSession session(long born) throws SQLException {
        Connection raw = server.factory().createDriver(new Properties()).connect("jdbc:any", new Properties());
        return new ServerSession(raw, siblings.epoch(), siblings.alarm(), 0, Backend.UNKNOWN, false, born, 1);
    }
}
