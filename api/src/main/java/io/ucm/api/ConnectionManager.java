// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The way to one cluster in one mode. Thread-safe; stays the same service while the parts behind it are exchanged.
 *
 * <p>Registered with the service properties {@value #CLUSTER} and {@value #MODE}.
 *
 * <p>{@link #read} and {@link #write} never block the caller. Their stage fails with
 *
 * <ul>
 *   <li>{@link BulkheadFullException} when so many wait that this call can't be done by its deadline: at once, or as soon as
 *       that shows;
 *   <li>{@link CircuitOpenException} at once when the node that is to serve is up, and its last calls in this mode failed or were
 *       slow: nothing is done. A lost node is waited for instead, until there is another one or it is back;
 *   <li>{@link PoolTimeoutException} when the deadline passed and nobody was served meanwhile: the work was not begun;
 *   <li>{@link DeadlineExceededException} when it passed later: the work is rolled back;
 *   <li>{@link OutcomeUnknownException} when COMMIT was sent, and it could not be found out by the deadline whether it is done;
 *   <li>whatever the work or the database threw: it is not done.
 * </ul>
 *
 * <p>What was certainly not done, and can be, is run again until the deadline: after a serialization failure or a deadlock
 * (SQLStates 40001 and 40P01), when the connection was lost before COMMIT was sent, and once when a prepared plan no longer
 * fits (0A000). A write whose COMMIT was sent and not answered is looked for by the token that it carries, where the mode
 * says {@link CommitOutcome#RESOLVED}: found, it is done; not found, it never will be, and the work is run again.
 *
 * <p>Who waits is served first come, first served within a {@link Priority}; but no bundle holds more than its share of the
 * connections while others wait.
 *
 * <p>Cancelling the stage's {@link java.util.concurrent.CompletableFuture} cancels the running statement on the
 * server, unless COMMIT was sent already.
 */
@ProviderType
public interface ConnectionManager {

    /** Service property: the cluster's name. */
    String CLUSTER = "ucm.cluster";

    /** Service property: the mode's name. */
    String MODE = "ucm.mode";

    String cluster();

    ModeProfile mode();

    /** The same as {@link #read(SqlWork, CallOptions)} with {@link CallOptions#DEFAULT}. */
    default <T> CompletionStage<T> read(SqlWork<T> work) {
        return read(work, CallOptions.DEFAULT);
    }

    /** Runs work in a read-only transaction. The work must have no side effects: it may be run more than once. */
    <T> CompletionStage<T> read(SqlWork<T> work, CallOptions options);

    /** The same as {@link #write(SqlWork, CallOptions)} with {@link CallOptions#DEFAULT}. */
    default <T> CompletionStage<T> write(SqlWork<T> work) {
        return write(work, CallOptions.DEFAULT);
    }

    /**
     * Runs work in one transaction on the primary. It may be run more than once, and is committed once at most. The stage
     * completes normally only after COMMIT returned without a warning. In a read-only mode it fails at once with SQLState 25006.
     *
     * <p>Only what its transaction undoes is done once: effects elsewhere, such as a message, a file, or a commit in another
     * session by {@code dblink}, are done each time that it runs. Transaction control in SQL, {@code PREPARE TRANSACTION}
     * included, is refused (2D000). Work that lowers {@code synchronous_commit} for its transaction does not wait for a
     * standby: what was acknowledged is then lost with its primary.
     */
    <T> CompletionStage<T> write(SqlWork<T> work, CallOptions options);

    /**
     * The moment that it is on the primary now: what was acknowledged before the call is before it. A read with it ({@link
     * CallOptions#after}) sees that, wherever it runs. One question to the primary.
     */
    CompletionStage<Position> position();

    /**
     * What became of a write that ended with {@link OutcomeUnknownException}, by the token in it; waits, up to the default
     * deadline, for a transaction that is still open. What is {@link WriteState#NOT_COMMITTED} then never will be. To be
     * asked within 24 hours: later the token is forgotten. Fails like a write.
     */
    CompletionStage<WriteState> outcome(UUID token);

    /**
     * The same connections as a plain {@link DataSource}, with the semantics of JDBC. {@code getConnection()} blocks
     * up to the mode's acquire timeout, then throws {@link PoolTimeoutException}; or throws {@link BulkheadFullException} or
     * {@link CircuitOpenException} at once. Nothing is run again: a {@code commit()} whose answer
     * is lost throws {@link OutcomeUnknownException} without a token. What a user leaves in the session is gone for the next.
     */
    DataSource dataSource();

    /**
     * The cache of a region: the same name and tenant are the same entries, in every mode and every container of the
     * cluster that shares its Redis. Cheap; a bundle may ask each time, or keep it.
     */
    <V> Cache<V> cache(CacheRegion<V> region);

    /**
     * Checks what this manager needs: its pool, its role, the nodes, Redis. Completes within 5 s; never fails because
     * something is ill. Without a health implementation the report says so as a {@link HealthStatus#WARN}.
     */
    CompletionStage<HealthReport> healthCheck();

    /** The pool's figures now. Pending are the callers that wait, those of {@code read} and {@code write} included. */
    PoolStats pool();

    /** The cluster's nodes in the order of the configuration, as last asked. */
    List<Node> nodes();
}
