// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevels.Lease;
import io.ucm.spi.CacheLevels.Lookup;
import io.ucm.spi.CacheSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The rules in the process, without Redis. */
class TwoLevelsTest {

    private static final CacheKey KEY = Container.key("k");
    private static final byte[] OLD = {1};
    private static final byte[] NEW = {2};

    private final AtomicLong now = new AtomicLong();
    private final ClusterCache cluster = cluster(AbsentRemoteCache.notConfigured());
    private final TwoLevels levels = open(cluster, "ASYNC_MODERN");

    private static ClusterCache cluster(RemoteCache remote) {
        return new ClusterCache("orders", (name, near) -> remote, mode -> {});
    }

    private TwoLevels open(ClusterCache in, String mode) {
        return in.open(
                new CacheSettings("orders", mode, 100, Duration.ofSeconds(100)),
                new Jitter(() -> 0.5),
                now::get,
                Runnable::run);
    }

    @Test
    void aFilledValueIsFoundUntilItsJitteredTimeIsOver() {
        levels.fill(KEY, lease(levels), OLD, null);

        pass(Duration.ofMillis(94_999));
        assertThat(value(levels)).isEqualTo(OLD);
        pass(Duration.ofMillis(1));
        assertThat(value(levels)).isNull();
    }

    @Test
    void aValueMayBringItsOwnTime() {
        levels.fill(KEY, lease(levels), OLD, Duration.ofSeconds(1));

        pass(Duration.ofMillis(950));
        assertThat(value(levels)).isNull();
    }

    @Test
    void whileRedisIsAwayAnEntryEndsSoonAfterItsLoadBegan() {
        TwoLevels away = open(cluster(AbsentRemoteCache.refused("because")), "ADMIN");
        Lease lease = lease(away);
        pass(Duration.ofMillis(1_500));
        away.fill(KEY, lease, OLD, null);

        pass(Duration.ofMillis(499));
        assertThat(value(away)).isEqualTo(OLD);
        pass(Duration.ofMillis(1));
        assertThat(value(away)).isNull();
    }

    @Test
    void aLoadThatBeganBeforeAnInvalidationIsNotKept() {
        Lease lease = lease(levels);
        Container.answer(levels.invalidate(List.of(KEY)));
        levels.fill(KEY, lease, OLD, null);

        assertThat(value(levels)).isNull();
        assertThat(cluster.figures().of("products").refusedFills.sum()).isEqualTo(1);
    }

    @Test
    void aLoadThatBeganBeforeEverythingWasDroppedIsNotKept() {
        Lease lease = lease(levels);
        Container.answer(levels.invalidateAll());
        levels.fill(KEY, lease, OLD, null);

        assertThat(value(levels)).isNull();
    }

    @Test
    void aLoadThatBeganBeforeAPutDoesNotReplaceIt() {
        Lease lease = lease(levels);
        Container.answer(levels.put(KEY, NEW, null));
        levels.fill(KEY, lease, OLD, null);

        assertThat(value(levels)).isEqualTo(NEW);
    }

    @Test
    void allModesOfAClusterHearOfAnInvalidationAndAPut() {
        TwoLevels other = open(cluster, "MCP_SERVER");
        levels.fill(KEY, lease(levels), OLD, null);
        other.fill(KEY, lease(other), OLD, null);
        assertThat(value(other)).isEqualTo(OLD);

        Container.answer(levels.invalidate(List.of(KEY)));
        assertThat(value(levels)).isNull();
        assertThat(value(other)).isNull();

        other.fill(KEY, lease(other), OLD, null);
        Container.answer(levels.put(KEY, NEW, null));
        assertThat(value(levels)).isEqualTo(NEW);
        assertThat(value(other)).isNull();
    }

    @Test
    void manyKeysAreAskedForAtOnce() {
        levels.fill(KEY, lease(levels), OLD, null);
        CacheKey unknown = Container.key("unknown");

        Map<CacheKey, Lookup> found = Container.answer(levels.getAll(List.of(KEY, unknown, unknown)));

        assertThat(found).containsOnlyKeys(KEY, unknown);
        assertThat(found.get(KEY).value()).isEqualTo(OLD);
        assertThat(found.get(unknown).value()).isNull();
        levels.fill(unknown, Objects.requireNonNull(found.get(unknown).lease()), NEW, null);
        assertThat(Container.answer(levels.get(unknown)).value()).isEqualTo(NEW);
    }

    @Test
    void aForeignLeaseFillsNothing() {
        TwoLevels elsewhere = open(cluster(AbsentRemoteCache.notConfigured()), "ADMIN");

        levels.fill(KEY, lease(elsewhere), OLD, null);
        levels.fill(KEY, new Lease() {}, OLD, null);

        assertThat(value(levels)).isNull();
    }

    @Test
    void afterTheEndOnlyAnInvalidationFails() throws Exception {
        Lease lease = lease(levels);
        levels.close();
        levels.close();

        levels.fill(KEY, lease, OLD, null);
        assertThat(value(levels)).isNull();
        assertThat(Container.answer(levels.get(KEY)).lease()).isNull();
        Container.answer(levels.put(KEY, OLD, null));
        assertThatThrownBy(() ->
                        levels.invalidate(List.of(KEY)).toCompletableFuture().get(1, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("orders/ASYNC_MODERN");
    }

    @Test
    void withoutRedisAllIsHandedOnOnceAnythingWasInvalidated() {
        Container.answer(levels.get(KEY));
        assertThat(levels.untold().isEmpty()).isTrue();

        Container.answer(levels.invalidate(List.of(KEY)));
        assertThat(levels.untold().all()).isTrue();
    }

    /** The state is read once for each call, and a remote cache that went in between answers like one that is away. */
    @Test
    void aQuestionThatRedisDoesNotAnswerIsAMiss() {
        RemoteState up = new RemoteState(RemoteState.Kind.UP, "h:1", Instant.now(), null);
        ClusterCache shaky = cluster(new AbsentRemoteCache(up, Duration.ofSeconds(2)));
        TwoLevels one = open(shaky, "ADMIN");

        one.fill(KEY, lease(one), OLD, null);

        assertThat(value(one)).isEqualTo(OLD);
        assertThat(shaky.figures().of("products").remoteErrors.sum()).isEqualTo(1);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static byte[] value(CacheLevels of) {
        return Container.answer(of.get(KEY)).value();
    }

    private static Lease lease(CacheLevels of) {
        return Objects.requireNonNull(Container.answer(of.get(KEY)).lease());
    }
}
