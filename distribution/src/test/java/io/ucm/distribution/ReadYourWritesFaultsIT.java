// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.api.CallOptions;
import io.ucm.api.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;

/** A client sees what it wrote, wherever it reads, and whatever a replica is behind. */
@RunWith(PaxExam.class)
public class ReadYourWritesFaultsIT extends ChaosContainer {

    private static final int CLIENTS = 20;
    private static final int ROUNDS = 500;
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20));

    private final AtomicInteger stale = new AtomicInteger();
    private final AtomicInteger onReplicas = new AtomicInteger();

    /** One replica receives and shows nothing new for a while; the other is as quick as it is. */
    @Test
    public void whileAReplicaStandsStillNobodyReadsLessThanItWrote() throws Exception {
        manager.write(connection -> update(connection, "CREATE TABLE seen (client int PRIMARY KEY, round int)"))
                .toCompletableFuture()
                .join();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            clients.add(rounds(client));
        }
        String replayer = kit.replayer("n2");
        ChaosKit.signal("STOP", replayer);
        seconds(3);
        ChaosKit.signal("CONT", replayer);
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();

        assertEquals(0, stale.get());
        assertTrue(onReplicas + " of " + CLIENTS * ROUNDS + " reads on replicas", onReplicas.get() > ROUNDS);
    }

    private CompletableFuture<Void> rounds(int client) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (int round = 1; round <= ROUNDS; round++) {
            int now = round;
            all = all.thenCompose(done -> round(client, now));
        }
        return all;
    }

    private CompletableFuture<Void> round(int client, int round) {
        return manager.write(
                        connection -> update(
                                connection,
                                "INSERT INTO seen VALUES (" + client + ", " + round
                                        + ") ON CONFLICT (client) DO UPDATE SET round = excluded.round"),
                        PATIENT)
                .thenCompose(written -> manager.position())
                .thenCompose(position -> read(client, round, position))
                .toCompletableFuture();
    }

    private CompletableFuture<Void> read(int client, int round, Position position) {
        Position carried = Position.parse(position.toString());
        return manager.read(connection -> look(connection, client, round), PATIENT.after(carried))
                .toCompletableFuture();
    }

    private Void look(Connection connection, int client, int round) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT pg_is_in_recovery(), (SELECT round FROM seen WHERE client = ?)")) {
            select.setInt(1, client);
            try (ResultSet found = select.executeQuery()) {
                found.next();
                if (found.getBoolean(1)) {
                    onReplicas.incrementAndGet();
                }
                if (found.getInt(2) < round) {
                    stale.incrementAndGet();
                }
            }
        }
        return null;
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }
}
