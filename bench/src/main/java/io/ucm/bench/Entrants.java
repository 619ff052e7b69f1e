// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.bench.Contestant.Opened;
import io.ucm.container.UcmContainer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Who writes while the primary is lost. All have 16 connections, with the same settings of the session. UCM's clients give each
 * write 30 s; the peers' wait for a connection for at most 5 s. A peer's pool is opened for each fault, and told the hosts in
 * this order: the primary, the one that will be promoted, the other. Its other settings are its defaults, but:
 *
 * <pre>
 * hikaricp                     targetServerType=primary, connectTimeout=2 and hostRecheckSeconds=2 (by default 10 s)
 * hikaricp, socketTimeout 2 s  that too: nothing that the server is asked may take longer
 * agroal                       as hikaricp; knows a broken connection by its sorter of PostgreSQL's exceptions
 * hikaricp, aws wrapper        plugins failover2 and efm2; a host counts as dead when it is silent for 1 s, or three times
 *                              for 200 ms (by default for 30 s, or three times for 5 s); looks for a primary for 10 s (by
 *                              default for 5 min) before its caller gets an error
 * </pre>
 */
final class Entrants {

    static final int SIZE = 16;

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** Kept, because loggers are forgotten otherwise. */
    private static final Logger WRAPPER = Logger.getLogger("software.amazon.jdbc");

    private Entrants() {}

    /**
     * UCM first.
     *
     * @param quickly whether the one whose calls end late is left out
     */
    static List<Entrant> of(UcmContainer container, Nodes nodes, Database database, boolean quickly) throws Exception {
        // Else they tell of each connection that breaks.
        System.setProperty("org.slf4j.simpleLogger.log.com.zaxxer.hikari", "error");
        WRAPPER.setLevel(Level.OFF);
        Contestant hikari = Peers.bare();
        Contestant agroal = Peers.named("agroal");
        UnaryOperator<Database> toPrimary = plain -> plain.with("targetServerType", "primary")
                .with("connectTimeout", "2")
                .with("hostRecheckSeconds", "2");
        List<Entrant> entrants = new ArrayList<>(List.of(
                ucm(container),
                peer("hikaricp, multi-host", hikari.version(), hikari, nodes, database, toPrimary),
                peer(
                        "hikaricp, multi-host, socketTimeout 2 s",
                        hikari.version(),
                        hikari,
                        nodes,
                        database,
                        plain -> toPrimary.apply(plain).with("socketTimeout", "2")),
                peer("agroal, multi-host", agroal.version(), agroal, nodes, database, toPrimary)));
        if (!quickly) {
            entrants.add(
                    peer("hikaricp, aws wrapper", Peers.version("aws"), hikari, nodes, database, Entrants::wrapped));
        }
        return entrants;
    }

    private static Entrant ucm(UcmContainer container) throws Exception {
        container.change(Embedded.MODE_PID, "pool.size.count", SIZE);
        ConnectionManager manager = container.manager(UcmContainer.EMBEDDED);
        CallOptions options = CallOptions.DEFAULT.withDeadline(DEADLINE);
        return new Entrant(
                Embedded.contestant(container),
                (roles, run) ->
                        new Entrant.Ready((client, row) -> write(manager, options, run, client, row), () -> {}));
    }

    private static int write(ConnectionManager manager, CallOptions options, int run, int client, long row)
            throws Exception {
        try {
            return manager.write(connection -> FailoverRows.insert(connection, run, client, row), options)
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutcomeUnknownException unknown) {
                throw new Writers.UnknownException(unknown);
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static Database wrapped(Database plain) {
        return new Database(
                        "software.amazon.jdbc.Driver",
                        plain.url().replaceFirst("^jdbc:", "jdbc:aws-wrapper:"),
                        plain.user(),
                        plain.password(),
                        plain.properties())
                .with("wrapperPlugins", "failover2,efm2")
                .with("failureDetectionTime", "1000")
                .with("failureDetectionInterval", "200")
                .with("failureDetectionCount", "3")
                .with("failoverTimeoutMs", "10000")
                .with("connectTimeout", "2");
    }

    private static Entrant peer(
            String name,
            String version,
            Contestant pool,
            Nodes nodes,
            Database database,
            UnaryOperator<Database> settings) {
        return new Entrant(new Contestant(name, version), (roles, run) -> {
            String hosts = roles.all().stream().map(nodes::address).collect(Collectors.joining(","));
            Opened opened =
                    Peers.open(pool, settings.apply(database.named("bench/peer").at(hosts)), Peers.Size.always(SIZE));
            return new Entrant.Ready((client, row) -> write(opened.dataSource(), run, client, row), () -> {
                opened.close();
                // HikariCP sets it, and it is everybody's.
                DriverManager.setLoginTimeout(0);
            });
        });
    }

    private static int write(DataSource pool, int run, int client, long row) throws Exception {
        boolean committed = false;
        int port = 0;
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            port = FailoverRows.insert(connection, run, client, row);
            commit(connection);
            committed = true;
        } catch (SQLException e) {
            // What is committed is, even if its connection could not be returned.
            if (!committed) {
                throw e;
            }
        }
        return port;
    }

    private static void commit(Connection connection) throws SQLException, Writers.UnknownException {
        try {
            connection.commit();
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (state == null || state.startsWith("08") || state.startsWith("57P")) {
                throw new Writers.UnknownException(e);
            }
            throw e;
        }
    }
}
