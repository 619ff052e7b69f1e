// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.OneSession.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.embedded.SeparatePostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.BatchUpdateException;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgConnection;

/** Misuse of JDBC is answered as JDBC says, and does no harm to the next borrower of the same session. */
@Timeout(60)
class MisuseIT {

    private static final String PID = "SELECT pg_backend_pid()";

    private static SeparatePostgres postgres;
    private static OneSession one;

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.sql("""
                CREATE ROLE app LOGIN PASSWORD 'app';
                CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int UNIQUE);
                GRANT ALL ON kept TO app;
                """);
        one = new OneSession(postgres, "ASYNC_MODERN", "app", "app");
    }

    @AfterAll
    static void stop() {
        one.close();
        postgres.close();
    }

    /** The permit is back, and the session serves. */
    @AfterEach
    void theNextBorrowerIsServed() throws Exception {
        Awaitility.await().until(() -> one.manager().pool().active() == 0);
        assertThat(one.query("SELECT 7")).isEqualTo("7");
    }

    private static Connection borrow() throws SQLException {
        return one.dataSource().getConnection();
    }

    @Test
    void nothingAnswersAfterTheConnectionIsClosed() throws Exception {
        Connection connection = borrow();
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT ?");
        CallableStatement callable = connection.prepareCall("{call now()}");
        ResultSet result = statement.executeQuery("SELECT 1");
        ResultSetMetaData columns = result.getMetaData();
        DatabaseMetaData metaData = connection.getMetaData();
        ResultSet types = metaData.getTableTypes();
        connection.close();

        try (Connection next = borrow()) {
            assertThat(answering(Connection.class, connection))
                    .containsExactlyInAnyOrder("abort", "close", "isClosed", "isValid", "isWrapperFor", "unwrap");
            Set<String> statements = Set.of("close", "isClosed", "isWrapperFor", "unwrap");
            assertThat(answering(Statement.class, statement)).containsExactlyInAnyOrderElementsOf(statements);
            assertThat(answering(PreparedStatement.class, prepared)).containsExactlyInAnyOrderElementsOf(statements);
            assertThat(answering(CallableStatement.class, callable)).containsExactlyInAnyOrderElementsOf(statements);
            assertThat(answering(ResultSet.class, result)).containsExactlyInAnyOrderElementsOf(statements);
            assertThat(answering(ResultSet.class, types)).containsExactlyInAnyOrderElementsOf(statements);
            assertThat(answering(ResultSetMetaData.class, columns)).containsExactlyInAnyOrder("isWrapperFor", "unwrap");
            assertThat(answering(DatabaseMetaData.class, metaData))
                    .containsExactlyInAnyOrder(
                            "getDriverMajorVersion", "getDriverMinorVersion", "isWrapperFor", "unwrap");
            assertThat(query(next, "SELECT 1")).isEqualTo("1");
        }
    }

    /** The names of the methods that do not throw an {@link SQLException}. */
    private static Set<String> answering(Class<?> type, Object object) throws IllegalAccessException {
        Set<String> names = new java.util.TreeSet<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            Object[] arguments = Stream.of(method.getParameterTypes())
                    .map(parameter -> argument(parameter, type))
                    .toArray();
            try {
                method.invoke(object, arguments);
                names.add(method.getName());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause()).as(method.toString()).isInstanceOf(SQLException.class);
            }
        }
        return names;
    }

    private static Object argument(Class<?> parameter, Class<?> type) {
        if (parameter == int.class) {
            return 1;
        }
        Map<Class<?>, Object> values = Map.of(
                boolean.class,
                false,
                long.class,
                1L,
                short.class,
                (short) 1,
                byte.class,
                (byte) 1,
                float.class,
                1f,
                double.class,
                1d,
                String.class,
                "x",
                Class.class,
                type,
                java.util.concurrent.Executor.class,
                (java.util.concurrent.Executor) Runnable::run);
        return values.get(parameter);
    }

    @Test
    void closingTwiceReturnsOnce() throws Exception {
        Connection connection = borrow();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT 1");
        result.close();
        result.close();
        statement.close();
        statement.close();
        connection.close();
        connection.close();
        try (Connection next = borrow()) {
            connection.close();
            statement.close();
            assertThat(next.isClosed()).isFalse();
            assertThat(one.manager().pool().active()).isEqualTo(1);
        }
    }

    @Test
    void whatIsClosedRefusesWhileItsConnectionIsOpen() throws Exception {
        try (Connection connection = borrow()) {
            Statement statement = connection.createStatement();
            ResultSet result = statement.executeQuery("SELECT 1");
            statement.close();

            assertThat(result.isClosed()).isTrue();
            assertThatThrownBy(result::next).isInstanceOf(SQLException.class);
            assertThatThrownBy(result::getStatement).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(statement::getConnection).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void isValidSaysWhetherItIs() throws Exception {
        Connection connection = borrow();
        assertThat(connection.isValid(0)).isTrue();
        assertThatThrownBy(() -> connection.isValid(-1)).isInstanceOf(SQLException.class);
        connection.close();
        assertThat(connection.isValid(1)).isFalse();
        assertThatThrownBy(() -> connection.isValid(-1)).isInstanceOf(SQLException.class);
    }

    @Test
    void whatIsNotValidIsNotLentAgain() throws Exception {
        try (Connection connection = borrow()) {
            postgres.sql("SELECT pg_terminate_backend(" + query(connection, PID) + ")");
            Awaitility.await().until(() -> !connection.isValid(1));
        }
        assertThat(one.query("SELECT 1")).isEqualTo("1");
    }

    @Test
    void anotherThreadMayCloseItWhileAStatementRuns() throws Exception {
        String session = one.query(PID);
        Connection connection = borrow();
        CompletableFuture<String> failure = sleepOn(connection);
        connection.close();

        assertThat(failure.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
        assertThat(one.query(PID)).isEqualTo(session);
    }

    /** Completes with the SQLState of a statement that runs when this returns. */
    private static CompletableFuture<String> sleepOn(Connection connection) throws SQLException {
        String pid = query(connection, PID);
        CompletableFuture<String> failure = CompletableFuture.supplyAsync(() -> {
            try {
                query(connection, "SELECT pg_sleep(30)");
                return "none";
            } catch (SQLException e) {
                return e.getSQLState();
            }
        });
        Awaitility.await().until(() -> postgres.query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                        + " AND query LIKE 'SELECT pg_sleep%' AND pid = " + pid)
                .equals("1"));
        return failure;
    }

    @Test
    void twoThreadsThatCloseItReturnItOnce() throws Exception {
        for (int i = 0; i < 50; i++) {
            Connection connection = borrow();
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Void>> closing = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                closing.add(CompletableFuture.runAsync(() -> {
                    try {
                        go.await();
                        connection.close();
                    } catch (SQLException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            go.countDown();
            closing.forEach(CompletableFuture::join);
            assertThat(one.manager().pool().active()).isZero();
        }
    }

    @Test
    void aStatementThatWasKeptDoesNotReachTheNextBorrower() throws Exception {
        AtomicReference<Statement> kept = new AtomicReference<>();
        try (Connection connection = borrow()) {
            kept.set(connection.createStatement());
        }
        try (Connection next = borrow()) {
            CompletableFuture<String> failure = sleepOn(next);
            assertThatThrownBy(() -> kept.get().cancel()).hasFieldOrPropertyWithValue("SQLState", "08003");
            assertThatThrownBy(() -> kept.get().execute("SELECT 1")).hasFieldOrPropertyWithValue("SQLState", "08003");
            kept.get().close();
            assertThat(failure).isNotDone();
            postgres.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'");
            assertThat(failure.get(10, TimeUnit.SECONDS)).isEqualTo("57014");
        }
    }

    @Test
    void resultsCloseTheirStatementWhereThatWasAsked() throws Exception {
        try (Connection connection = borrow()) {
            Statement statement = connection.createStatement();
            assertThat(statement.isCloseOnCompletion()).isFalse();
            statement.closeOnCompletion();
            ResultSet result = statement.executeQuery("SELECT 1");
            assertThat(result.getStatement()).isSameAs(statement);
            result.close();

            assertThat(statement.isClosed()).isTrue();
            assertThat(((UcmConnection) connection).openStatements()).isZero();
        }
    }

    @Test
    void transactionsAreEndedInTheirStateOnly() throws Exception {
        try (Connection connection = borrow()) {
            assertThatThrownBy(connection::commit).hasFieldOrPropertyWithValue("SQLState", "25P01");
            assertThatThrownBy(connection::rollback).hasFieldOrPropertyWithValue("SQLState", "25P01");
            assertThatThrownBy(connection::setSavepoint).hasFieldOrPropertyWithValue("SQLState", "25P01");
            connection.setAutoCommit(false);
            connection.createStatement().execute("INSERT INTO kept (a) VALUES (100)");
            connection.setAutoCommit(true);
        }
        assertThat(one.query("SELECT count(*) FROM kept WHERE a = 100")).isEqualTo("1");
    }

    @Test
    void whatIsReasonableIsUnwrapped() throws Exception {
        DataSource dataSource = one.dataSource();
        assertThat(dataSource.unwrap(DataSource.class)).isSameAs(dataSource);
        assertThat(dataSource.isWrapperFor(DataSource.class)).isTrue();
        assertThat(dataSource.isWrapperFor(PGConnection.class)).isFalse();
        assertThatThrownBy(() -> dataSource.unwrap(PGConnection.class)).isInstanceOf(SQLException.class);
        try (Connection connection = borrow()) {
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
            assertThat(connection.isWrapperFor(DataSource.class)).isFalse();
            assertThatThrownBy(() -> connection.unwrap(DataSource.class)).isInstanceOf(SQLException.class);
            assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
            Statement statement = connection.createStatement();
            assertThat(statement.unwrap(PGStatement.class).isUseServerPrepare()).isFalse();
            ResultSet result = statement.executeQuery("SELECT 1");
            assertThat(result.unwrap(ResultSet.class)).isSameAs(result);
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(metaData.unwrap(DatabaseMetaData.class)).isSameAs(metaData);
            assertThat(metaData.getConnection()).isSameAs(connection);
        }
    }

    @Test
    void anInterfaceOfTheDriverEndsWithItsConnection() throws Exception {
        String session = one.query(PID);
        PGConnection kept;
        BaseConnection base;
        try (Connection connection = borrow()) {
            kept = connection.unwrap(PGConnection.class);
            base = connection.unwrap(BaseConnection.class);
            assertThat(kept.getCopyAPI().copyIn("COPY kept (a) FROM STDIN", new java.io.StringReader("201\n")))
                    .isEqualTo(1);
            assertThat(new org.postgresql.copy.CopyManager(base)
                            .copyIn("COPY kept (a) FROM STDIN", new java.io.StringReader("202\n")))
                    .isEqualTo(1);
        }
        try (Connection next = borrow()) {
            assertThatThrownBy(kept::getBackendPID)
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(SQLException.class);
            assertThatThrownBy(() -> kept.setDefaultFetchSize(1)).hasFieldOrPropertyWithValue("SQLState", "08003");
            assertThatThrownBy(base::createStatement).hasFieldOrPropertyWithValue("SQLState", "08003");
            assertThat(query(next, PID)).isEqualTo(session);
        }
    }

    @Test
    void aClassOfTheDriverEndsTheSession() throws Exception {
        String session = one.query(PID);
        PgConnection kept;
        try (Connection connection = borrow()) {
            kept = connection.unwrap(PgConnection.class);
        }
        assertThat(one.query(PID)).isNotEqualTo(session);
        assertThatThrownBy(kept::createStatement).isInstanceOf(SQLException.class);
    }

    @Test
    void abortEndsItFromAnyThread() throws Exception {
        String session = one.query(PID);
        Connection connection = borrow();
        CompletableFuture<String> failure = sleepOn(connection);
        assertThatThrownBy(() -> connection.abort(null)).isInstanceOf(SQLException.class);
        connection.abort(Runnable::run);

        assertThat(failure.get(10, TimeUnit.SECONDS)).startsWith("08");
        assertThat(connection.isClosed()).isTrue();
        connection.abort(Runnable::run);
        connection.close();
        assertThat(one.query(PID)).isNotEqualTo(session);
    }

    @Test
    void aNetworkTimeoutTakesEffectAndIsPutBack() throws Exception {
        try (Connection connection = borrow()) {
            assertThatThrownBy(() -> connection.setNetworkTimeout(Runnable::run, -1))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connection.setNetworkTimeout(null, 1)).isInstanceOf(SQLException.class);
            connection.setNetworkTimeout(Runnable::run, 100);
            assertThat(connection.getNetworkTimeout()).isEqualTo(100);
            assertThatThrownBy(() -> query(connection, "SELECT pg_sleep(30)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
            assertThat(connection.isClosed()).isTrue();
        }
        try (Connection connection = borrow()) {
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }

    @Test
    void anUnknownNameOfClientInfoIsAWarning() throws Exception {
        Connection connection = borrow();
        connection.setClientInfo("unheard", "x");
        assertThat((Object) connection.getWarnings()).isNotNull();
        connection.close();
        assertThatThrownBy(() -> connection.setClientInfo("unheard", "x")).isInstanceOf(SQLClientInfoException.class);
        try (Connection next = borrow()) {
            assertThat((Object) next.getWarnings()).isNull();
        }
    }

    @Test
    void aBatchThatFailsSaysWhatItDid() throws Exception {
        try (Connection connection = borrow();
                Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO kept (a) VALUES (301)");
            statement.addBatch("INSERT INTO kept (a) VALUES (301)");
            assertThatThrownBy(statement::executeBatch)
                    .isInstanceOfSatisfying(BatchUpdateException.class, e -> assertThat(e.getUpdateCounts())
                            .hasSize(2));
            assertThat(query(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void generatedKeysLeadBackToTheirStatement() throws Exception {
        try (Connection connection = borrow();
                PreparedStatement statement = connection.prepareStatement(
                        "INSERT INTO kept (a) VALUES (401)", Statement.RETURN_GENERATED_KEYS)) {
            statement.executeUpdate();
            ResultSet keys = statement.getGeneratedKeys();
            assertThat(keys.next()).isTrue();
            assertThat(keys.getStatement()).isSameAs(statement);
            assertThat(keys.getStatement().getConnection()).isSameAs(connection);
        }
    }

    @Test
    void aLargeObjectThatWasKeptDoesNotReachTheNextBorrower() throws Exception {
        Connection connection = borrow();
        connection.setAutoCommit(false);
        String oid = query(connection, "SELECT lo_from_bytea(0, '\\x0102')");
        ResultSet result = connection.createStatement().executeQuery("SELECT " + oid + "::oid");
        result.next();
        Blob blob = result.getBlob(1);
        assertThat(blob.length()).isEqualTo(2);
        connection.close();

        assertThatThrownBy(blob::length).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> blob.setBytes(1, new byte[1])).hasFieldOrPropertyWithValue("SQLState", "08003");
    }

    @Test
    void whatJava9AddedIsHarmless() throws Exception {
        try (Connection connection = borrow()) {
            connection.beginRequest();
            connection.endRequest();
            assertThatThrownBy(() -> connection.setShardingKey(null))
                    .isInstanceOf(SQLFeatureNotSupportedException.class);
            assertThat(connection.createStatement().enquoteLiteral("a'b")).isEqualTo("'a''b'");
        }
    }

    @Test
    void whatIsPrintedSaysWhereItBelongsAndNoSecret() throws Exception {
        Connection connection = borrow();
        PreparedStatement statement = connection.prepareStatement("SELECT ?");
        statement.setString(1, "geheim");

        assertThat(connection).hasToString("pool 'main/ASYNC_MODERN': connection of bundle test [1], open on n1");
        assertThat(statement.toString()).contains("main/ASYNC_MODERN").doesNotContain("geheim");
        assertThat(one.dataSource().toString()).contains("main/ASYNC_MODERN");
        assertThat(Set.of(connection, statement)).contains(connection, statement);
        connection.close();
        assertThat(connection.toString()).endsWith("closed");
    }

    @Test
    void otherCredentialsAreRefused() {
        assertThatThrownBy(() -> one.dataSource().getConnection("postgres", "geheim"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageNotContaining("geheim");
        assertThatCode(() -> borrow().close()).doesNotThrowAnyException();
    }

    @Test
    void aStatementIsCancelledFromAnotherThread() throws Exception {
        try (Connection connection = borrow();
                Statement statement = connection.createStatement()) {
            CompletableFuture<String> failure = CompletableFuture.supplyAsync(() -> {
                try {
                    statement.execute("SELECT pg_sleep(30)");
                    return "none";
                } catch (SQLException e) {
                    return e.getSQLState();
                }
            });
            Awaitility.await().until(() -> {
                statement.cancel();
                return failure.isDone();
            });
            assertThat(failure.join()).isEqualTo("57014");
            assertThat(query(connection, "SELECT 1")).isEqualTo("1");
        }
    }
}
