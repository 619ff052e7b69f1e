// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ModeProfile;
import io.ucm.api.PoolStats;
import io.ucm.shell.Table;
import io.ucm.spi.NodeAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pools' figures, what is in force, which bundles use them and what they hold. Prints as tables. */
record PoolsReport(List<PoolReport> pools) {

    record PoolReport(
            String cluster,
            String mode,
            int active,
            int idle,
            int pending,
            int max,
            long acquireTimeoutMs,
            long statementTimeoutMs,
            long lockTimeoutMs,
            long idleInTransactionTimeoutMs,
            long slowCallMs,
            String defaultAccess,
            @Nullable String servedBy,
            @Nullable String why,
            List<NodeReport> nodes,
            List<ConsumerReport> consumers,
            List<BorrowedReport> borrowed,
            List<SettingReport> settings,
            @Nullable ServerReport server) {

        static PoolReport of(Manager manager) {
            return of(manager, null);
        }

        /** @param server what the server says; null: it was not asked */
        static PoolReport of(Manager manager, @Nullable ServerSettings server) {
            PoolStats stats = manager.pool();
            ModeProfile mode = manager.mode();
            Generation serving = manager.generations().current();
            List<Lent> holders = manager.lent();
            return new PoolReport(
                    manager.key().cluster(),
                    mode.name(),
                    stats.active(),
                    stats.idle(),
                    stats.pending(),
                    stats.max(),
                    mode.acquireTimeout().toMillis(),
                    mode.statementTimeout().toMillis(),
                    mode.lockTimeout().toMillis(),
                    mode.idleInTransactionTimeout().toMillis(),
                    manager.settings().care().slowCall().toMillis(),
                    mode.defaultAccess().name(),
                    serving == null ? null : serving.blueprint().pool().toString(),
                    manager.generations().why(),
                    NodeReport.of(manager),
                    ConsumerReport.of(manager, holders),
                    holders.stream().map(BorrowedReport::of).toList(),
                    SettingReport.of(manager.settings(), server)
                            .map(setting -> setting.resized(manager.resized()))
                            .toList(),
                    server == null ? null : new ServerReport(server.node(), server.problem()));
        }
    }

    /** Which node said what its settings are, or why none did. */
    record ServerReport(@Nullable String node, @Nullable String problem) {

        String heading() {
            return node == null ? "on the server" : "on the server (" + node + ")";
        }
    }

    /** The connections to one node; serves: what it is used for. */
    record NodeReport(String node, String serves, int active, int idle, int pending, int max) {

        static List<NodeReport> of(Manager manager) {
            Generation primary = manager.generations().current();
            return Stream.concat(
                            Stream.ofNullable(primary)
                                    .map(now -> of(
                                            now.blueprint().node(),
                                            manager.mode().readOnly() ? "reads" : "reads and writes",
                                            manager.primary())),
                            manager.readers().serving().entrySet().stream()
                                    .map(reader -> of(reader.getKey(), "reads", reader.getValue())))
                    .toList();
        }

        private static NodeReport of(NodeAddress node, String serves, Lane lane) {
            PoolStats stats = lane.stats(0);
            return new NodeReport(node.id(), serves, stats.active(), stats.idle(), stats.pending(), stats.max());
        }
    }

    /** What one bundle does. Open is begun and not ended, waiting included. */
    record ConsumerReport(
            String bundle, long bundleId, long calls, long failed, long open, long connections, long leaked) {

        static List<ConsumerReport> of(Manager manager, List<Lent> holders) {
            return manager.consumers().all().stream()
                    .map(consumer -> {
                        Consumer.Figures figures = consumer.figures();
                        return new ConsumerReport(
                                consumer.bundle(),
                                consumer.bundleId(),
                                figures.calls(),
                                figures.failed(),
                                figures.open(),
                                holders.stream()
                                        .filter(lent -> lent.holder().consumer() == consumer)
                                        .count(),
                                figures.leaked());
                    })
                    .toList();
        }
    }

    /**
     * A connection that is lent out: to whom, for what, where, and since when (ISO 8601).
     *
     * @param unusedMs how long it has gone unused; null where a deadline sees to that
     * @param stack of its borrow; null where that was not remembered
     */
    record BorrowedReport(
            String bundle,
            long bundleId,
            String kind,
            String node,
            String since,
            long heldMs,
            @Nullable Long unusedMs,
            @Nullable List<String> stack) {

        static BorrowedReport of(Lent lent) {
            Holder holder = lent.holder();
            long now = System.nanoTime();
            long held = TimeUnit.NANOSECONDS.toMillis(now - holder.since());
            UcmConnection plain = holder instanceof UcmConnection connection ? connection : null;
            BorrowTrace trace = plain == null ? null : plain.trace();
            return new BorrowedReport(
                    holder.consumer().bundle(),
                    holder.consumer().bundleId(),
                    holder.kind(),
                    lent.node().id(),
                    Instant.now()
                            .minusMillis(held)
                            .truncatedTo(ChronoUnit.MILLIS)
                            .toString(),
                    held,
                    plain == null ? null : TimeUnit.NANOSECONDS.toMillis(plain.unused(now)),
                    trace == null ? null : trace.lines());
        }
    }

    @Override
    public String toString() {
        Table table = new Table(
                "cluster",
                "mode",
                "active",
                "idle",
                "pending",
                "max",
                "acquire",
                "statement",
                "lock",
                "idle in tx",
                "slow call",
                "access",
                "served by");
        Table nodes = new Table("cluster", "mode", "node", "serves", "active", "idle", "pending", "max");
        Table consumers =
                new Table("cluster", "mode", "bundle", "id", "calls", "failed", "open", "connections", "leaked");
        Table borrowed = new Table("cluster", "mode", "node", "bundle", "id", "for", "since", "held ms", "unused ms");
        for (PoolReport pool : pools) {
            table.row(
                    pool.cluster(),
                    pool.mode(),
                    pool.active(),
                    pool.idle(),
                    pool.pending(),
                    pool.max(),
                    timeout(pool.acquireTimeoutMs()),
                    timeout(pool.statementTimeoutMs()),
                    timeout(pool.lockTimeoutMs()),
                    timeout(pool.idleInTransactionTimeoutMs()),
                    timeout(pool.slowCallMs()),
                    pool.defaultAccess(),
                    pool.servedBy() == null ? pool.why() : pool.servedBy());
            for (NodeReport n : pool.nodes()) {
                nodes.row(
                        pool.cluster(), pool.mode(), n.node(), n.serves(), n.active(), n.idle(), n.pending(), n.max());
            }
            for (ConsumerReport c : pool.consumers()) {
                consumers.row(
                        pool.cluster(),
                        pool.mode(),
                        c.bundle(),
                        c.bundleId(),
                        c.calls(),
                        c.failed(),
                        c.open(),
                        c.connections(),
                        c.leaked());
            }
            for (BorrowedReport b : pool.borrowed()) {
                borrowed.row(
                        pool.cluster(),
                        pool.mode(),
                        b.node(),
                        b.bundle(),
                        b.bundleId(),
                        b.kind(),
                        b.since(),
                        b.heldMs(),
                        b.unusedMs());
            }
        }
        boolean traced =
                pools.stream().flatMap(pool -> pool.borrowed().stream()).anyMatch(b -> b.stack() != null);
        return Stream.of(
                        Stream.of(table, nodes, consumers, borrowed)
                                .filter(part -> part == table || !part.isEmpty())
                                .map(Table::toString),
                        Stream.of("--json has the stacks of the borrows").filter(hint -> traced),
                        pools.stream().filter(pool -> pool.server() != null).map(PoolsReport::settings))
                .flatMap(part -> part)
                .collect(Collectors.joining("\n\n"));
    }

    private static String settings(PoolReport pool) {
        ServerReport server = Objects.requireNonNull(pool.server());
        Table table = new Table("setting", "value", "from", server.heading());
        pool.settings().forEach(s -> table.row(s.name(), s.value(), s.from(), s.compared()));
        return server.problem() == null ? table.toString() : table + "\nthe server was not asked: " + server.problem();
    }

    private static String timeout(long ms) {
        return InWords.duration(Duration.ofMillis(ms), "none");
    }
}
