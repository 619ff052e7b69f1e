// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.bench.Contestant.Opened;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StubTest {

    @Test
    void eachQueryIsAnsweredByItsParameterAndCounted() throws Exception {
        Class.forName(StubDriver.class.getName());
        StubServer server = StubServer.named("counted");

        try (Connection connection = DriverManager.getConnection("jdbc:stub:counted");
                PreparedStatement statement = connection.prepareStatement("SELECT f(?)")) {
            statement.setLong(1, 42);
            ResultSet results = statement.executeQuery();

            assertThat(results.next()).isTrue();
            assertThat(results.getLong(1)).isEqualTo(StubServer.answer(42)).isNotEqualTo(StubServer.answer(43));
            assertThat(results.next()).isFalse();
        }
        assertThat(server.queries()).isOne();
    }

    @Test
    void aPoolOfAnotherSizeIsNotComparable() throws Exception {
        Database database = new Database(StubDriver.class.getName(), "jdbc:stub:small", "stub", "stub", Map.of());

        try (Opened pool = Peers.openBare(database, 2)) {
            Alike.check(pool, 2, StubServer.named("small"));
            assertThatThrownBy(() -> Alike.checkSize(pool.contestant(), 3, StubServer.named("small")))
                    .hasMessage("hikaricp can't be compared: it has 2 connections instead of 3");
        }
    }

    @Test
    void aPoolThatShowsWhatWasLeftIsNotComparable() throws Exception {
        StubServer server = StubServer.named("held");
        Opened held = new Opened(new Contestant("held", "-"), new HeldConnection(server.connect()), () -> {});

        assertThatThrownBy(() -> Alike.check(held, 1, server))
                .hasMessage("held can't be compared: it lends a connection with autocommit off");
    }

    @Test
    void everyPeerIsComparable() throws Exception {
        List<Opened> pools = new ArrayList<>();
        try {
            Peers.open(StubTest::database, 2, pools);
            for (Opened pool : pools) {
                Alike.check(
                        pool, 2, StubServer.named("peer-" + pool.contestant().name()));
                assertThat(pool.contestant().version()).matches("[0-9.]+");
            }
            assertThat(pools).hasSize(6);
            assertThat(pools.get(0).contestant().isBare()).isTrue();
        } finally {
            for (Opened pool : pools) {
                pool.close();
            }
        }
    }

    private static Database database(Contestant contestant) {
        return new Database(
                StubDriver.class.getName(), "jdbc:stub:peer-" + contestant.name(), "stub", "stub", Map.of());
    }
}
