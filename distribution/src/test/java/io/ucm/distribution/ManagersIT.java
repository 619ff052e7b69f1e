// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.inject.Inject;
import javax.sql.DataSource;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;

/** The managers on the embedded servers, seen as an application sees them. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ManagersIT {

    private static final List<String> MODES =
            List.of("ADMIN", "ASYNC_MODERN", "HIGH_AVAILABILITY", "MCP_SERVER", "ML_TRAINING");

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everyModeIsThere() {
        await("five managers", () -> modes(ConnectionManager.class).equals(new TreeSet<>(MODES)));
    }

    @Test
    public void eachModeIsAManagerAndADataSource() throws Exception {
        assertEquals(new TreeSet<>(MODES), modes(DataSource.class));
        ServiceReference<DataSource> reference = reference(DataSource.class, "ADMIN");
        assertEquals("main", reference.getProperty("ucm.cluster"));
        assertEquals("ucm/main/ADMIN", reference.getProperty("osgi.jndi.service.name"));
        assertEquals("ucm/main/ADMIN", reference.getProperty("dataSourceName"));
        for (String key : reference.getPropertyKeys()) {
            assertFalse(key, key.toLowerCase(java.util.Locale.ROOT).contains("password"));
        }
    }

    @Test
    public void theModesLimitsHoldOnTheServer() throws Exception {
        assertEquals("150ms", shown("MCP_SERVER", "statement_timeout"));
        assertEquals("10s", shown("MCP_SERVER", "lock_timeout"));
        assertEquals("5min", shown("MCP_SERVER", "idle_in_transaction_session_timeout"));
        assertEquals("on", shown("MCP_SERVER", "default_transaction_read_only"));
        assertEquals("0", shown("ADMIN", "statement_timeout"));
        assertEquals("5s", shown("ASYNC_MODERN", "statement_timeout"));
        assertEquals("10s", shown("HIGH_AVAILABILITY", "statement_timeout"));
        Set<String> roles = new HashSet<>();
        for (String mode : MODES) {
            assertEquals("UTC", shown(mode, "TimeZone"));
            assertEquals("ucm/main/" + mode, shown(mode, "application_name"));
            assertEquals("on", shown(mode, "synchronous_commit"));
            roles.add(answer(manager(mode).read(connection -> text(connection, "SELECT current_user"))));
        }
        assertEquals(MODES.size(), roles.size());
    }

    /** On the primary, and whatever the client says: a replica would refuse anybody. */
    @Test
    public void theRoleOfMcpServerCanOnlyRead() throws Exception {
        CallOptions onPrimary = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);
        Throwable refused = failure(manager("MCP_SERVER")
                .read(
                        connection -> {
                            execute(connection, "SET TRANSACTION READ WRITE");
                            return execute(connection, "CREATE TABLE mine (a int)");
                        },
                        onPrimary));

        assertEquals("42501", ((SQLException) refused).getSQLState());
    }

    @Test
    public void aReadCannotWrite() throws Exception {
        Throwable refused =
                failure(manager("ASYNC_MODERN").read(connection -> execute(connection, "CREATE TABLE mine (a int)")));

        assertEquals("25006", ((SQLException) refused).getSQLState());
    }

    @Test
    public void aWriteIsThereWhenItsStageCompletes() throws Exception {
        answer(manager("ADMIN").write(connection -> execute(connection, "CREATE TABLE written (a int)")));
        answer(manager("ADMIN").write(connection -> execute(connection, "INSERT INTO written VALUES (7)")));

        String seen = answer(manager("ADMIN").read(connection -> text(connection, "SELECT a FROM written")));
        assertEquals("7", seen);
    }

    @Test
    public void workThatThrowsLeavesNothing() throws Exception {
        Throwable failure = failure(manager("ADMIN").write(connection -> {
            execute(connection, "CREATE TABLE never (a int)");
            throw new IllegalStateException("changed my mind");
        }));

        assertEquals("changed my mind", failure.getMessage());
        assertNull(answer(manager("ADMIN").read(connection -> text(connection, "SELECT to_regclass('never')"))));
    }

    @Test
    public void aDeadlineEndsTheStatementOnTheServer() throws Exception {
        String query = "SELECT pg_sleep(77)";
        Throwable failure = failure(manager("ASYNC_MODERN")
                .write(
                        connection -> execute(connection, query),
                        CallOptions.DEFAULT.withDeadline(Duration.ofMillis(300))));

        assertTrue(failure.toString(), failure instanceof DeadlineExceededException);
        await("the statement ends", () -> runningNow(query) == 0);
        await("the connection is back", () -> manager("ASYNC_MODERN").pool().active() == 0);
    }

    @Test
    public void cancellingTheStageEndsTheStatementOnTheServer() {
        String query = "SELECT pg_sleep(78)";
        CompletableFuture<Boolean> call =
                manager("ADMIN").write(connection -> execute(connection, query)).toCompletableFuture();
        await("the statement runs", () -> runningNow(query) == 1);

        assertTrue(call.cancel(true));

        await("the statement ends", () -> runningNow(query) == 0);
    }

    /** COPY, LISTEN and large objects are beyond JDBC. */
    @Test
    public void theDriversOwnPartsAreReached() throws Exception {
        DataSource dataSource = dataSource("ASYNC_MODERN");
        try (Connection connection = dataSource.getConnection()) {
            PGConnection driver = connection.unwrap(PGConnection.class);
            execute(connection, "CREATE TABLE copied (a int)");
            assertEquals(3, driver.getCopyAPI().copyIn("COPY copied FROM STDIN", new StringReader("1\n2\n3\n")));
            StringWriter out = new StringWriter();
            assertEquals(3, driver.getCopyAPI().copyOut("COPY copied TO STDOUT", out));
            assertEquals("1\n2\n3\n", out.toString());

            execute(connection, "LISTEN told");
            try (Connection other = dataSource.getConnection()) {
                execute(other, "NOTIFY told, 'news'");
            }
            assertEquals("news", driver.getNotifications(5_000)[0].getParameter());

            connection.setAutoCommit(false);
            long id = driver.getLargeObjectAPI().createLO();
            try (LargeObject written = driver.getLargeObjectAPI().open(id)) {
                written.write(new byte[] {1, 2, 3});
            }
            try (LargeObject read = driver.getLargeObjectAPI().open(id)) {
                assertArrayEquals(new byte[] {1, 2, 3}, read.read(10));
            }
            connection.commit();
        }
    }

    @Test
    public void aDeadlineLongerThanTheModesLimitReplacesIt() throws Exception {
        answer(manager("MCP_SERVER")
                .read(
                        connection -> execute(connection, "SELECT pg_sleep(0.4)"),
                        CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20))));

        Throwable failure =
                failure(manager("MCP_SERVER").read(connection -> execute(connection, "SELECT pg_sleep(0.4)")));
        assertEquals("57014", ((SQLException) failure).getSQLState());
    }

    @Test
    public void theNodesSayTheirRoles() {
        await("all nodes answered", () -> manager("ADMIN").nodes().stream().allMatch(n -> n.state() == NodeState.UP));

        List<Node> nodes = manager("ADMIN").nodes();
        assertEquals(List.of("n1", "n2", "n3"), nodes.stream().map(Node::id).toList());
        assertEquals(
                List.of(Role.PRIMARY, Role.REPLICA, Role.REPLICA),
                nodes.stream().map(Node::role).toList());
    }

    /** The pool and the driver each leave and come back while callers write: nobody notices, and the services stay. */
    @Test
    public void theManagersStayWhileTheirPartsComeAndGo() throws Exception {
        Object service = reference(ConnectionManager.class, "ASYNC_MODERN").getProperty("service.id");
        answer(manager("ADMIN").write(connection -> execute(connection, "CREATE TABLE through (a int)")));
        answer(manager("ADMIN").write(connection -> execute(connection, "GRANT INSERT ON through TO PUBLIC")));
        ConnectionManager manager = manager("ASYNC_MODERN");
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        for (int client = 0; client < 16; client++) {
            clients.add(CompletableFuture.supplyAsync(() -> {
                int written = 0;
                while (System.nanoTime() < end) {
                    manager.write(connection -> execute(connection, "INSERT INTO through VALUES (1)"))
                            .toCompletableFuture()
                            .join();
                    written++;
                }
                return written;
            }));
        }
        Bundle beside = bundle("io.ucm.pool.agroal");
        for (boolean alone : List.of(false, true)) {
            if (alone) {
                beside.stop();
            }
            for (String part : List.of("io.ucm.pool", "org.postgresql.jdbc")) {
                Bundle bundle = bundle(part);
                bundle.stop();
                bundle.start();
                await(
                        part + " serves again",
                        () -> manager.pool().idle() + manager.pool().active() > 0);
            }
        }
        beside.start();
        long written = 0;
        for (CompletableFuture<Integer> client : clients) {
            written += client.get(60, TimeUnit.SECONDS);
        }

        String rows = answer(manager("ADMIN").read(connection -> text(connection, "SELECT count(*) FROM through")));
        assertEquals(Long.toString(written), rows);
        assertEquals(service, reference(ConnectionManager.class, "ASYNC_MODERN").getProperty("service.id"));
    }

    private long runningNow(String query) {
        String count = join(manager("ADMIN")
                .read(connection -> text(
                        connection,
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = '" + query + "'")));
        return Long.parseLong(count);
    }

    private String shown(String mode, String setting) throws Exception {
        return answer(manager(mode).read(connection -> text(connection, "SHOW " + setting)));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertTrue(result.next());
            return result.getString(1);
        }
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Throwable failure(CompletionStage<?> stage) throws Exception {
        try {
            Object value = answer(stage);
            throw new AssertionError("succeeded with " + value);
        } catch (ExecutionException | CompletionException e) {
            return e.getCause();
        }
    }

    private ConnectionManager manager(String mode) {
        return context.getService(reference(ConnectionManager.class, mode));
    }

    private DataSource dataSource(String mode) {
        return context.getService(reference(DataSource.class, mode));
    }

    private <S> ServiceReference<S> reference(Class<S> type, String mode) {
        try {
            return context.getServiceReferences(type, "(ucm.mode=" + mode + ")")
                    .iterator()
                    .next();
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Set<String> modes(Class<?> type) {
        Set<String> modes = new TreeSet<>();
        try {
            for (ServiceReference<?> reference : context.getServiceReferences(type, "(ucm.cluster=main)")) {
                modes.add((String) reference.getProperty("ucm.mode"));
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
        return modes;
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 30 s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
