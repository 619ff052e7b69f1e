// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.RoleExchange;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whoever exchanges the roles in a {@link FakeCluster} when asked, and what its servers say of it. Thread-safe. */
final class FakeExchange implements RoleExchange {

    /** What is done in place of the exchange, or around it. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static final String FORK = "0/3000000";

    private final FakeCluster cluster;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Queue<List<String>> writers = new ConcurrentLinkedQueue<>();
    volatile Work work = this::toN2;
    volatile String names = "\"n2\"";
    volatile List<String> standbys = List.of("streaming\tsync\t0/3000000\tn2", "streaming\tasync\t0/3000000\tn3");

    FakeExchange(FakeCluster cluster) {
        this.cluster = cluster;
        cluster.exchange = this;
        cluster.servers().forEach(server -> server.answers(this::answer));
    }

    List<String> asked() {
        return asked;
    }

    /** Who is seen to write, look by look; then nobody. */
    @SafeVarargs
    final void writers(List<String>... looks) {
        writers.addAll(List.of(looks));
    }

    @Override
    public String name() {
        return "Somebody";
    }

    @Override
    public void exchange(String primary, String target) throws IOException, InterruptedException {
        asked.add(primary + " to " + target);
        work.run();
    }

    void toN2() {
        promoteN2();
        cluster.n1.standby(FORK);
        cluster.n1.follow("n2");
    }

    void promoteN2() {
        cluster.n1.kill();
        cluster.n2.promote(FORK);
        cluster.n2.standbys(2);
        cluster.n3.standby(FORK);
        cluster.n3.follow("n2");
    }

    private List<String> answer(FakeServer server, String sql) {
        if (sql.contains("pg_stat_activity")) {
            List<String> look = writers.poll();
            return look == null ? List.of() : look;
        }
        if (sql.equals("SELECT " + Facts.STANDBYS)) {
            return List.of(String.join("\n", standbys));
        }
        return sql.equals("SHOW synchronous_standby_names") ? List.of(names) : null;
    }
}
