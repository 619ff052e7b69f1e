// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthReport;
import io.ucm.api.ModeProfile;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.api.Position;
import io.ucm.api.Role;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteState;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.sql.SQLNonTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The manager of one cluster and mode: it stays while everything behind it is exchanged. Each bundle sees it through a
 * {@link BundleView} of its own. Thread-safe.
 */
final class Manager {

    /** How the tables of the tokens are reached, in which history, and who is let in. */
    private record TokenWay(Blueprint blueprint, @Nullable Epoch epoch, Set<String> users) {}

    private final ManagerKey key;
    private final Threads threads;
    private final Surroundings around;
    private final Lane primary;
    private final ReadLanes readers;
    private final Consumers consumers = new Consumers();
    private final Lender lender = new Lender(this);
    private final RetryBudget retryBudget = new RetryBudget();
    private final SlowCalls slowCalls = new SlowCalls();
    private final Decisions decisions;
    private final WriteTokens tokens;
    private final CommitWatch commits = new CommitWatch();
    private volatile @Nullable TokenWay tokenWay;
    private volatile @Nullable Route lastRoute;
    private volatile @Nullable SizeLimits resized;
    private volatile ModeSettings settings;
    private volatile Credentials credentials;

    Manager(ModeSettings settings, Threads threads, Surroundings around) {
        this.key = settings.key();
        this.settings = settings;
        this.credentials = new Credentials(settings.password());
        this.threads = threads;
        this.around = around;
        this.decisions = new Decisions(key, around.events());
        this.tokens = new WriteTokens(key, around.tokenChanges());
        this.primary = newLane(true);
        this.readers = new ReadLanes(() -> newLane(false));
    }

    private Lane newLane(boolean toPrimary) {
        return new Lane(
                key,
                toPrimary,
                threads,
                around::lost,
                () -> settings.care(),
                this::limits,
                around.rooms(),
                decisions,
                new LaneBreaker(around::watch, toPrimary ? Role.PRIMARY : Role.REPLICA, () -> settings),
                this::lookAgain);
    }

    /** As that bundle sees it. */
    ConnectionManager viewOf(Bundle bundle) {
        return new BundleView(this, consumers.of(bundle));
    }

    ModeProfile mode() {
        return settings.profile();
    }

    /** See {@link ConnectionManager#read}. */
    <T> CompletionStage<T> read(Consumer consumer, SqlWork<T> work, CallOptions options) {
        return start(new Call<>(this, consumer, work, options, true));
    }

    /** See {@link ConnectionManager#write}. */
    <T> CompletionStage<T> write(Consumer consumer, SqlWork<T> work, CallOptions options) {
        if (options.access() == Access.READ_ONLY) {
            throw new IllegalArgumentException("pool '%s': a write needs READ_WRITE access".formatted(key));
        }
        return mode().readOnly()
                ? CompletableFuture.failedFuture(new SQLNonTransientException(
                        "mode %s of cluster '%s' is read-only; write through a mode with READ_WRITE access"
                                .formatted(key.mode(), key.cluster()),
                        "25006"))
                : start(new Call<>(this, consumer, work, options, false));
    }

    /** See {@link ConnectionManager#outcome}. */
    CompletionStage<WriteState> outcome(Consumer consumer, UUID token) {
        WriteToken asked = new WriteToken(token);
        String forgotten = tokens.forgets(asked);
        return forgotten == null
                ? write(consumer, asked::decide, CallOptions.DEFAULT)
                : CompletableFuture.failedFuture(new SQLNonTransientException(
                        "pool '%s': the outcome of %s can't be told: %s".formatted(key, token, forgotten), "55000"));
    }

    private <T> CompletionStage<T> start(Call<T> call) {
        Consumer consumer = call.consumer();
        if (consumer.ended()) {
            return CompletableFuture.failedFuture(consumer.gone(key));
        }
        consumer.begin();
        try {
            call.start();
            return call.stage();
        } catch (RejectedExecutionException e) {
            consumer.done(false);
            return CompletableFuture.failedFuture(lender.closed());
        }
    }

    /** See {@link ConnectionManager#pool}: all nodes together. */
    PoolStats pool() {
        PoolStats sum = primary.stats(mode().poolSize());
        for (Lane lane : readers.serving().values()) {
            PoolStats more = lane.stats(0);
            sum = new PoolStats(
                    sum.active() + more.active(),
                    sum.idle() + more.idle(),
                    sum.pending() + more.pending(),
                    sum.max() + more.max());
        }
        return sum;
    }

    List<Node> nodes() {
        return around.nodes();
    }

    /** See {@link ConnectionManager#healthCheck}. */
    CompletionStage<HealthReport> healthCheck() {
        return around.monitoring().check(key);
    }

    /** Where what happens is to be said. */
    Events events() {
        return around.events();
    }

    /** The caches of its cluster. */
    ClusterCaches caches() {
        return around.caches();
    }

    /** The levels above the database; null while no part has any. */
    @Nullable
    CacheLevels cacheLevels() {
        return around.caches().levels(key.mode());
    }

    ManagerKey key() {
        return key;
    }

    Threads threads() {
        return threads;
    }

    /** Lets that blueprint serve, on the primary and on what else the route allows. */
    void want(Blueprint blueprint, Route route) {
        lastRoute = route;
        lanes().forEach(lane -> lane.breaker().letGo());
        NodeAddress now = route.primary();
        if (now == null) {
            primary.generations().park(String.valueOf(route.why()));
            primary.generations().prepare(blueprint, route.readable());
        } else {
            Generation serving = primary.generations().current();
            if (serving != null && route.fenced().contains(serving.blueprint().node())) {
                primary.generations()
                        .park("%s is the primary, and no longer %s"
                                .formatted(now, serving.blueprint().node()));
            }
            primary.generations().want(blueprint.at(now));
            SessionRules.Source source = () -> blueprint.at(now).connect();
            around.rules().reachedBy(this, threads.background(), source);
            if (!mode().readOnly() && (resolvesOutcomes() || !around.writers().isEmpty())) {
                reachTokens(new TokenWay(blueprint.at(now), route.epoch(), around.writers()));
            }
        }
        readers.want(
                route.readable().stream()
                        .filter(node -> mode().replicaReads() || node.equals(route.unwritable()))
                        .map(blueprint::at)
                        .toList(),
                route.far(),
                "the node is not read any more");
        cutOff(route);
        if (route.unwritable() != null) {
            lookAgain();
        }
    }

    /** Nobody waits for an answer that will not come, and nothing is committed where it does not count. */
    private void cutOff(Route route) {
        if (!route.silent().isEmpty()) {
            lanes().forEach(lane -> lane.generations().open().cutOff(route.silent()));
        }
        if (!route.fenced().isEmpty()) {
            primary.generations().open().cutOff(route.fenced());
        }
    }

    /** Whether it finds out what became of a write whose COMMIT was not answered. */
    boolean resolvesOutcomes() {
        return !mode().readOnly() && mode().commitOutcome() == CommitOutcome.RESOLVED;
    }

    /** What its writes carry, so that their outcome can be found out. */
    WriteTokens tokens() {
        return tokens;
    }

    private void reachTokens(TokenWay way) {
        if (way.equals(tokenWay)) {
            return;
        }
        boolean begins = tokenWay == null || !tokens.isSettled();
        tokenWay = way;
        tokens.pace().soon();
        // Else it can wait for the next care: right after a failover, the callers need the server more.
        if (begins) {
            threads.background().execute(this::lookForTokens);
        }
    }

    private void lookForTokens() {
        TokenWay way = tokenWay;
        if (way == null || !tokens.pace().isDue()) {
            return;
        }
        tokens.look(way.blueprint()::connect, mode().commitOutcome(), way.users());
        if (!tokens.isSettled()) {
            threads.timer()
                    .schedule(
                            () -> threads.background().execute(this::lookForTokens),
                            tokens.pace().untilNext().toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Nothing can be built now, for a reason. */
    void wantNothing(String reason) {
        lanes().forEach(lane -> lane.breaker().letGo());
        around.rules().outOfReach(this);
        primary.generations().wantNothing(reason);
        readers.want(List.of(), Set.of(), reason);
    }

    /** What texts of SQL may leave behind in a session. */
    SessionRules rules() {
        return around.rules();
    }

    /** The lane to the primary. */
    Lane primary() {
        return primary;
    }

    /** The lanes to replicas. */
    ReadLanes readers() {
        return readers;
    }

    /** All lanes, those too whose last connections are still out. */
    List<Lane> lanes() {
        List<Lane> lanes = new ArrayList<>(readers.all());
        lanes.add(primary);
        return lanes;
    }

    /** The lane for the next try of a call. */
    Lane lane(boolean onReplica) {
        return lane(onReplica, null);
    }

    /** @param except the replica that is not to serve it, where another node can; null: any may */
    Lane lane(boolean onReplica, @Nullable Lane except) {
        Lane reader = onReplica && mode().replicaReads() ? readers.pickBut(except) : null;
        if (reader == null && except != null && primary.retryAfter() > 0) {
            reader = readers.pickBut(null);
        }
        if (reader == null && onReplica && primary.generations().current() == null) {
            reader = readers.any();
        }
        return reader == null ? primary : reader;
    }

    /** The lane for a read that must see the newest state: to the primary, or else to the one that takes no writes. */
    Lane newest() {
        Route route = lastRoute;
        Lane lane = route == null || route.unwritable() == null ? null : readers.to(route.unwritable());
        return lane == null ? primary : lane;
    }

    /** The lane for one of several reads that stay together. */
    Lane ofSession(String session) {
        Lane reader = mode().replicaReads() ? readers.pick(session) : null;
        return reader == null ? lane(true) : reader;
    }

    /** Whether reads of the newest state go another way than writes, which wait. */
    boolean readsUnwritable() {
        Route route = lastRoute;
        return route != null && route.unwritable() != null;
    }

    /** The history that the cluster's writes belong to; null where nobody knows. */
    @Nullable
    Epoch epoch() {
        Route route = lastRoute;
        return route == null ? null : route.epoch();
    }

    /** See {@link ConnectionManager#position}. */
    CompletionStage<Position> position(Consumer consumer) {
        return read(consumer, Causality::position, CallOptions.DEFAULT.withAccess(Access.READ_WRITE));
    }

    /** Where a caller may try who was turned away at that lane; null: nowhere else. */
    @Nullable
    Lane besides(Lane turnedAwayAt) {
        return turnedAwayAt.toPrimary() || primary.generations().capacity() == 0 || primary.retryAfter() > 0
                ? null
                : primary;
    }

    /** Whether who waits at that lane would go through another one now. */
    boolean isBetterElsewhere(Lane than) {
        return than.generations().capacity() == 0 && lane(true) != than;
    }

    /** A lane has come to serve, or has ceased to: who waits where nothing serves, and may go elsewhere, looks again. */
    private void lookAgain() {
        for (Lane lane : lanes()) {
            if (lane.generations().capacity() == 0) {
                lane.gate().disperse();
            }
        }
    }

    /** What serves on the primary. */
    Generations generations() {
        return primary.generations();
    }

    /** The connections that are lent out now, on all nodes. */
    List<Lent> lent() {
        return lanes().stream()
                .flatMap(lane -> lane.generations().open().lent().stream())
                .toList();
    }

    Consumers consumers() {
        return consumers;
    }

    RetryBudget retryBudget() {
        return retryBudget;
    }

    /** What lends its connections. */
    Lender lender() {
        return lender;
    }

    ModeSettings settings() {
        return settings;
    }

    /** Between which sizes its pools are kept. */
    SizeLimits limits() {
        SizeLimits now = resized;
        return now != null ? now : settings.limits();
    }

    /** Other limits, until the configuration changes them. */
    void resize(SizeLimits limits) {
        resized = limits;
    }

    /** Its limits where they are not those of its configuration, else null. */
    @Nullable
    SizeLimits resized() {
        return resized;
    }

    /** What its autoscalers did. */
    Decisions decisions() {
        return decisions;
    }

    /** Looks whether its pools have the right size; often. */
    void scale(long now) {
        for (Lane lane : lanes()) {
            lane.scale(now);
        }
    }

    /** A call has ended: its figures, and a line if it was slow. */
    void ended(Call<?> call, boolean succeeded) {
        call.consumer().done(succeeded);
        Duration limit = settings.care().slowCall();
        long now = System.nanoTime();
        if (!limit.isZero() && now - call.time().arrived() > limit.toNanos()) {
            slowCalls.log(now, () -> call.account(now));
        }
    }

    /** Whether anybody wants to know what a call took. */
    boolean measures() {
        return around.monitoring().measures();
    }

    /** A call has its answer. */
    void measure(Operation operation) {
        around.monitoring().ended(operation);
    }

    /** A configuration change: timeouts count from the next call on, the pool follows by the blueprint. */
    void changeSettings(ModeSettings changed) {
        if (changed.user().equals(settings.user())) {
            credentials.change(changed.password(), changed.care().passwordGrace());
        } else {
            credentials = new Credentials(changed.password());
        }
        if (!changed.limits().equals(settings.limits())) {
            resized = null;
        }
        settings = changed;
    }

    /** Its role's password. */
    Credentials credentials() {
        return credentials;
    }

    /** Looks after what serves: from time to time, on a thread that may block. */
    void care() {
        lookForTokens();
        Route route = lastRoute;
        if (route != null) {
            cutOff(route);
        }
        for (Lane lane : lanes()) {
            lane.breaker().letGo();
            Generation serving = lane.generations().current();
            if (serving != null) {
                serving.renew(settings.care().maxLifetime());
            }
        }
        long now = System.nanoTime();
        commits.look(lent().stream()
                .map(lent -> lent.holder().longCommit(now))
                .filter(Objects::nonNull)
                .toList());
    }

    /** A bundle has stopped: its work is cancelled and its connections come back, in the background. */
    void end(Bundle bundle) {
        Consumer consumer = consumers.remove(bundle);
        if (consumer == null) {
            return;
        }
        consumer.end();
        lanes().forEach(lane -> lane.gate().evict(consumer));
        for (Lent lent : lent()) {
            if (lent.holder().consumer() == consumer) {
                threads.background().execute(lent.holder()::revoke);
            }
        }
    }

    /** Blocks up to the hold while connections come back. */
    void close() {
        // A read after this opens no lane that nobody closes.
        readers.want(List.of(), Set.of(), "the manager was closed");
        around.rules().outOfReach(this);
        threads.inParallel(lanes().stream().map(lane -> lane.generations()::close));
    }
}
