// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whoever controls the servers of a {@link FakeCluster}, and what these say when they are changed. Each change is written
 * down, and may fail. Thread-safe.
 */
final class FakeControl implements ServerControl {

    private static final String FORK = "0/3000000";
    private static final Pattern HOST = Pattern.compile("host='{0,2}(\\w+)\\.example");

    private final FakeCluster cluster;
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Set<String> readOnly = ConcurrentHashMap.newKeySet();
    private final Set<String> complete = ConcurrentHashMap.newKeySet();
    private final Queue<List<String>> writers = new ConcurrentLinkedQueue<>();
    private volatile String missing = "";
    private volatile boolean losesTheEnd;
    private volatile boolean needsCopy;

    FakeControl(FakeCluster cluster) {
        this.cluster = cluster;
        cluster.servers().forEach(server -> server.answers(this::answer));
    }

    /** All that was changed, in order. */
    List<String> changes() {
        return changes;
    }

    /** What is run in the thread that makes that change, before it. */
    void before(String change, Runnable work) {
        before.put(change, work);
    }

    void fail(String change, String message) {
        failures.put(change, message);
    }

    void mend(String change) {
        failures.remove(change);
    }

    void lack(String rights) {
        missing = rights;
    }

    /** Who is seen to write, look by look; then nobody. */
    @SafeVarargs
    final void writers(List<String>... looks) {
        writers.addAll(List.of(looks));
    }

    void loseTheEnd() {
        losesTheEnd = true;
    }

    void needCopy() {
        needsCopy = true;
    }

    boolean isReadOnly(String node) {
        return readOnly.contains(node);
    }

    /** Whom it was told last to receive from. */
    String upstream(String replica) {
        return upstreamIn(server(replica).conninfo());
    }

    private static String upstreamIn(String conninfo) {
        Matcher host = HOST.matcher(conninfo);
        return host.find() ? host.group(1) : "";
    }

    private void change(String what) throws IOException {
        changes.add(what);
        before.getOrDefault(what, () -> {}).run();
        String failure = failures.get(what);
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    private FakeServer server(String node) {
        return cluster.servers().stream()
                .filter(server -> server.address().id().equals(node))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void stop(String node, Duration limit) throws IOException, InterruptedException {
        change("stop " + node);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        server(node).kill();
        if (!losesTheEnd) {
            complete.addAll(Set.of("n1", "n2", "n3"));
        }
    }

    @Override
    public void start(String node) throws IOException {
        change("start " + node);
        server(node).thaw();
    }

    @Override
    public boolean startAsStandby(String node, String primary, Duration limit) throws IOException {
        change("start " + node + " as a standby of " + primary);
        server(node).standby(FORK);
        server(node).readOnly(readOnly.contains(node));
        server(node).follow(primary);
        server(primary).standbys(2);
        return needsCopy;
    }

    private List<String> answer(FakeServer server, String sql) throws SQLException {
        String id = server.address().id();
        try {
            return answer(server, id, sql);
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), "58000");
        }
    }

    private List<String> answer(FakeServer server, String id, String sql) throws IOException {
        if (sql.startsWith("ALTER SYSTEM SET default_transaction_read_only")) {
            change(id + " read-only");
            readOnly.add(id);
            server.readOnly(true);
        } else if (sql.startsWith("ALTER SYSTEM RESET default_transaction_read_only")) {
            change(id + " read-write");
            readOnly.remove(id);
            server.readOnly(false);
        } else {
            return told(server, id, sql);
        }
        return List.of();
    }

    private List<String> told(FakeServer server, String id, String sql) throws IOException {
        if (sql.startsWith("ALTER SYSTEM SET primary_conninfo")) {
            change(id + " follows " + upstreamIn(sql));
            return null;
        }
        if (sql.equals(ReplicaSession.PROMOTE)) {
            change("promote " + id);
            server.standbys(1);
            return null;
        }
        if (sql.equals(ReplicaSession.LOOK)) {
            return null;
        }
        if (sql.contains("pg_stat_activity")) {
            List<String> look = writers.poll();
            return look == null ? List.of() : look;
        }
        Map<String, String> answers = new HashMap<>(Map.of(
                "concat_ws",
                missing,
                "current_setting('default_transaction_read_only')",
                isReadOnly(id) ? "t" : "f",
                "pg_current_wal_insert_lsn",
                "0/3000100",
                "pg_last_wal_receive_lsn() >",
                "t",
                "SELECT pg_last_wal_receive_lsn()",
                "0/3000100",
                "pg_control_checkpoint",
                complete.contains(id) ? "t" : "f",
                "CHECKPOINT",
                ""));
        return answers.entrySet().stream()
                .filter(answer -> sql.startsWith("SELECT") || sql.equals("CHECKPOINT"))
                .filter(answer -> sql.contains(answer.getKey()))
                .map(answer -> List.of(answer.getValue()))
                .findFirst()
                .orElse(null);
    }
}
