// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ucm.container.UcmContainer;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.Promotion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The embedded PostgreSQL nodes, what is done to them, and what an operator would do by hand, as the cluster's own role.
 * Used by one thread.
 *
 * <p>Its own connections name the hosts otherwise than the peers' do: pgjdbc remembers for the whole JVM what it saw of a
 * host, and a peer is to know only what it saw itself.
 */
final class Nodes {

    private static final String CLUSTER_PID = "io.ucm.cluster~" + UcmContainer.EMBEDDED;
    private static final Duration COMPLETE_LIMIT = Duration.ofSeconds(60);
    private static final Duration ARMED_LIMIT = Duration.ofSeconds(15);
    private static final Duration STILL = Duration.ofMillis(10);

    private static final String RECEIVED =
            "SELECT coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0'), 0)::bigint";
    private static final String FOLLOWERS =
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'";

    /** Who is what; the candidate is the replica that is promoted by hand, the other one follows it then. */
    record Roles(String primary, String candidate, String other) {

        List<String> all() {
            return List.of(primary, candidate, other);
        }
    }

    private final UcmContainer container;
    private final Database operator;
    private final Map<String, String> addresses = new LinkedHashMap<>();

    Nodes(UcmContainer container, Database database) throws Exception {
        this.container = container;
        Map<String, Object> cluster = container.configuration(CLUSTER_PID);
        for (String node : (String[]) cluster.get("nodes")) {
            addresses.put(node.replaceFirst("=.*", ""), node.replaceFirst(".*=", ""));
        }
        this.operator = new Database(
                database.driver(),
                database.url(),
                (String) cluster.get("user"),
                (String) cluster.get(".password"),
                Map.of("ApplicationName", "bench/operator", "connectTimeout", "2", "socketTimeout", "40"));
    }

    String address(String node) {
        return addresses.get(node);
    }

    int port(String node) {
        return Integer.parseInt(address(node).replaceFirst(".*:", ""));
    }

    /** That database on one node, for whoever watches. */
    Database watched(Database database, String node) {
        return database.at(address(node).replace("127.0.0.1", "localhost"));
    }

    /** Blocks until UCM sees a primary and two replicas, and each replica may confirm a commit. */
    Roles awaitComplete() throws Exception {
        await(
                "UCM sees all nodes up",
                COMPLETE_LIMIT,
                () -> topology().get("nodes").getAsJsonArray().asList().stream()
                                .map(JsonElement::getAsJsonObject)
                                .allMatch(
                                        node -> node.get("state").getAsString().equals("UP"))
                        && primary() != null);
        String primary = primary();
        List<String> ids = new ArrayList<>(addresses.keySet());
        int at = ids.indexOf(primary);
        Roles roles = new Roles(ids.get(at), ids.get((at + 1) % ids.size()), ids.get((at + 2) % ids.size()));
        await("both replicas stream from " + primary, COMPLETE_LIMIT, () -> ask(roles.primary(), FOLLOWERS) == 2);
        return roles;
    }

    private @Nullable String primary() throws Exception {
        JsonElement primary = topology().getAsJsonObject("epoch").get("primary");
        return primary == null || primary.isJsonNull() ? null : primary.getAsString();
    }

    private JsonObject topology() throws Exception {
        return JsonParser.parseString(container.run("ucm:topology --json")).getAsJsonObject();
    }

    /** UCM promotes nobody from now on; returns when that is in force. */
    void followOthers() throws Exception {
        policy(FailoverPolicy.FOLLOW);
        await("UCM follows", COMPLETE_LIMIT, () -> why(promotion()).equals(Promotion.OF_OTHERS.why()));
    }

    void policy(FailoverPolicy policy) throws Exception {
        container.change(CLUSTER_PID, "failover.policy", policy.name());
    }

    /** Blocks until UCM would promote; why it would not after 15 s, or null. */
    @Nullable
    String unarmed() throws Exception {
        long deadline = System.nanoTime() + ARMED_LIMIT.toNanos();
        JsonObject promotion = promotion();
        while (!promotion.get("armed").getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return why(promotion);
            }
            TimeUnit.MILLISECONDS.sleep(20);
            promotion = promotion();
        }
        return null;
    }

    private JsonObject promotion() throws Exception {
        return topology().getAsJsonObject("promote");
    }

    private static String why(JsonObject promotion) {
        JsonElement why = promotion.get("why");
        return why == null || why.isJsonNull() ? "" : why.getAsString();
    }

    /** Returns when it has happened to all processes of the node. */
    void lose(String node, FailoverFault.Kind kind) throws Exception {
        container.run("embedded:" + (kind == FailoverFault.Kind.KILL ? "kill " : "freeze ") + node);
    }

    /** Makes a lost node, dead or frozen, a replica of the primary by a fresh copy. */
    void rejoin(String node) throws Exception {
        container.run("embedded:rejoin " + node);
    }

    /** Promotes the candidate with all that any replica received, and lets the other replica follow it. */
    void promote(Roles roles) throws Exception {
        catchUp(roles.candidate(), roles.other());
        ask(roles.candidate(), "SELECT pg_promote(true, 30)::int");
        follow(roles.other(), roles.candidate());
    }

    private void catchUp(String replica, String with) throws Exception {
        long goal = awaitStill(with);
        if (ask(replica, RECEIVED) < goal) {
            follow(replica, with);
            await(replica + " has what " + with + " has", COMPLETE_LIMIT, () -> ask(replica, RECEIVED) >= goal);
        }
    }

    /** What was on its way when the primary was lost arrives after that. */
    private long awaitStill(String replica) throws Exception {
        try (Connection connection = watched(operator, replica).connect()) {
            long before;
            long now = ask(connection, RECEIVED);
            do {
                before = now;
                TimeUnit.NANOSECONDS.sleep(STILL.toNanos());
                now = ask(connection, RECEIVED);
            } while (now != before);
            return now;
        }
    }

    private void follow(String replica, String from) throws SQLException {
        try (Connection connection = watched(operator, replica).connect();
                Statement statement = connection.createStatement()) {
            String before;
            try (ResultSet row = statement.executeQuery("SHOW primary_conninfo")) {
                row.next();
                before = row.getString(1);
            }
            String after = before.replaceFirst("port='?\\d+'?", "port=" + port(from));
            statement.execute("ALTER SYSTEM SET primary_conninfo = '" + after.replace("'", "''") + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    private long ask(String node, String sql) throws SQLException {
        try (Connection connection = watched(operator, node).connect()) {
            return ask(connection, sql);
        }
    }

    private static long ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void await(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within %d s: %s".formatted(limit.toSeconds(), what));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
