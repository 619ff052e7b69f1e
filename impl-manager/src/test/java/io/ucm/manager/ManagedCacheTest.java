// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.Cache;
import io.ucm.api.CacheLoader;
import io.ucm.api.CacheRegion;
import io.ucm.api.Codec;
import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Invalidated;
import io.ucm.spi.CacheLevelsFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class ManagedCacheTest {

    private static final CacheRegion<String> REGION = CacheRegion.of("products", Codec.TEXT);

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final Map<CacheKey, byte[]> shared = new ConcurrentHashMap<>();
    private final FakeLevels levels = new FakeLevels(shared);
    private final AtomicInteger loads = new AtomicInteger();
    private volatile String database = "old";
    private final CacheLoader<String> loader = (connection, key) -> {
        loads.incrementAndGet();
        return database + " " + key;
    };
    private final Cache<String> cache = bench.view().cache(REGION);

    @BeforeEach
    void serve() {
        bench.serve();
    }

    @Test
    void aValueIsLoadedOnceAndThenCached() {
        bench.cache(levels);

        assertThat(get("a")).isEqualTo("old a");
        assertThat(get("a")).isEqualTo("old a");

        assertThat(loads).hasValue(1);
    }

    @Test
    void withoutAnImplementationEveryValueComesFromTheDatabase() {
        assertThat(get("a")).isEqualTo("old a");
        assertThat(get("a")).isEqualTo("old a");

        assertThat(loads).hasValue(2);
    }

    @Test
    void aValueThatThereIsNotIsNullAndNotCached() {
        bench.cache(levels);

        assertThat(join(cache.get("a", (connection, key) -> null))).isNull();

        assertThat(shared).isEmpty();
    }

    @Test
    void ofManyThatMissOneLoads() throws InterruptedException {
        bench.cache(levels);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CacheLoader<String> slow = (connection, key) -> {
            loading.countDown();
            go.await();
            return loader.load(connection, key);
        };
        List<CompletableFuture<String>> all = new ArrayList<>();
        IntStream.range(0, 50).forEach(i -> all.add(cache.get("a", slow).toCompletableFuture()));
        loading.await();
        go.countDown();

        all.forEach(one -> assertThat(one.join()).isEqualTo("old a"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void whoseLoadFailsGetsItsFailureAndTheNextOneLoadsAgain() {
        bench.cache(levels);
        CacheLoader<String> failing = (connection, key) -> {
            throw new IllegalStateException("no such table");
        };

        assertThatThrownBy(() -> join(cache.get("a", failing))).hasMessageContaining("no such table");

        assertThat(get("a")).isEqualTo("old a");
    }

    @Test
    void aGetAfterAnInvalidationDoesNotJoinALoadFromBefore() throws InterruptedException {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> before = cache.get("a", (connection, key) -> {
                    String read = database;
                    loading.countDown();
                    go.await();
                    return read + " " + key;
                })
                .toCompletableFuture();
        loading.await();
        database = "new";
        join(cache.invalidate("a"));

        assertThat(get("a")).isEqualTo("new a");

        go.countDown();
        assertThat(before.join()).isEqualTo("old a");
    }

    @Test
    void aLoadFromBeforeAnInvalidationFillsNothing() throws InterruptedException {
        bench.cache(levels);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> before = cache.get("a", (connection, key) -> {
                    loading.countDown();
                    go.await();
                    return "old a";
                })
                .toCompletableFuture();
        loading.await();
        database = "new";
        join(cache.invalidate("a"));
        go.countDown();
        before.join();

        assertThat(get("a")).isEqualTo("new a");
    }

    @Test
    void aLoadFillsOnlyTheLevelsThatItsLeaseIsFrom() throws InterruptedException {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> before = cache.get("a", (connection, key) -> {
                    loading.countDown();
                    go.await();
                    return "old a";
                })
                .toCompletableFuture();
        loading.await();
        bench.removeCache(part);
        bench.cache(new FakeLevels(shared));
        go.countDown();

        assertThat(before.join()).isEqualTo("old a");
        assertThat(shared).isEmpty();
    }

    @Test
    void whatWasInvalidatedWithoutAnImplementationIsToldToTheNext() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        get("b");
        bench.removeCache(part);
        database = "new";
        join(cache.invalidate("a"));

        bench.cache(new FakeLevels(shared));

        assertThat(get("a")).isEqualTo("new a");
        assertThat(get("b")).isEqualTo("old b");
    }

    @Test
    void whatAGoneImplementationHasNotToldOthersIsToldToTheNext() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        get("b");
        database = "new";
        levels.untold = new Invalidated(
                Set.copyOf(shared.keySet().stream()
                        .filter(key -> key.key().equals("a"))
                        .toList()),
                false);
        bench.removeCache(part);

        bench.cache(new FakeLevels(shared));

        assertThat(get("a")).isEqualTo("new a");
        assertThat(get("b")).isEqualTo("old b");
    }

    @Test
    void moreInvalidationsThanAreRememberedDropEverything() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("b");
        bench.removeCache(part);
        IntStream.range(0, 10_001).forEach(i -> join(cache.invalidate("k" + i)));

        FakeLevels next = new FakeLevels(shared);
        bench.cache(next);

        assertThat(next.everythingInvalidated).isTrue();
        assertThat(shared).isEmpty();
    }

    @Test
    void whereCommitsMayBeLostEverythingIsDropped() {
        bench.cache(levels);
        get("a");
        database = "new";

        bench.caches().invalidateAll("the primary was lost");

        assertThat(levels.everythingInvalidated).isTrue();
        assertThat(get("a")).isEqualTo("new a");
    }

    @Test
    void whereCommitsMayBeLostTheNextImplementationDropsEverythingToo() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        bench.removeCache(part);
        bench.caches().invalidateAll("the primary was lost");

        FakeLevels next = new FakeLevels(shared);
        bench.cache(next);

        assertThat(next.everythingInvalidated).isTrue();
    }

    @Test
    void whereCommitsMayBeLostNobodyJoinsALoadFromBefore() throws InterruptedException {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> before = cache.get("a", (connection, key) -> {
                    loading.countDown();
                    go.await();
                    return "lost " + key;
                })
                .toCompletableFuture();
        loading.await();
        bench.caches().invalidateAll("the primary was lost");

        assertThat(get("a")).isEqualTo("old a");

        go.countDown();
        before.join();
    }

    @Test
    void anImplementationThatTakesNoInvalidationDoesNotServe() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        bench.removeCache(part);
        database = "new";
        join(cache.invalidate("a"));

        FakeLevels broken = new FakeLevels(shared);
        broken.broken = true;
        Part<CacheLevelsFactory> bad = bench.cache(broken);
        assertThat(get("a")).isEqualTo("new a");

        bench.removeCache(bad);
        bench.cache(new FakeLevels(shared));
        assertThat(get("a")).isEqualTo("new a");
    }

    @Test
    void anImplementationThatThrowsOrIsSilentIsAMiss() {
        bench.cache(levels);
        get("a");

        levels.broken = true;
        assertThat(get("a")).isEqualTo("old a");
        assertThat(loads).hasValue(2);

        levels.broken = false;
        levels.silent = true;
        assertThat(get("a")).isEqualTo("old a");
        assertThat(loads).hasValue(3);
    }

    @Test
    void anInvalidationThatNobodyTakesFailsAndIsRemembered() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        levels.broken = true;
        database = "new";

        assertThatThrownBy(() -> join(cache.invalidate("a"))).hasCauseInstanceOf(NoClassDefFoundError.class);

        bench.removeCache(part);
        bench.cache(new FakeLevels(shared));
        assertThat(get("a")).isEqualTo("new a");
    }

    @Test
    void aPutThatIsNotTakenLeavesNothingOlder() {
        bench.cache(levels);
        get("a");
        database = "new";
        levels.refusesPuts = true;
        join(cache.put("a", "new a"));

        assertThat(get("a")).isEqualTo("new a");
        assertThat(loads).hasValue(2);
    }

    @Test
    void aPutWithoutAnImplementationIsAnInvalidationForTheNext() {
        Part<CacheLevelsFactory> part = bench.cache(levels);
        get("a");
        bench.removeCache(part);
        database = "new";
        join(cache.put("a", "new a"));

        bench.cache(new FakeLevels(shared));

        assertThat(get("a")).isEqualTo("new a");
    }

    @Test
    void aPutIsServed() {
        bench.cache(levels);
        join(cache.put("a", "put a"));

        assertThat(get("a")).isEqualTo("put a");
        assertThat(loads).hasValue(0);
    }

    @Test
    void whatTheCodecCannotReadIsDroppedAndLoaded() {
        bench.cache(levels);
        get("a");
        Codec<String> choosy = new Codec<>() {
            @Override
            public byte[] encode(String value) {
                return ("v2 " + value).getBytes();
            }

            @Override
            public String decode(byte[] bytes) {
                String text = new String(bytes);
                if (!text.startsWith("v2 ")) {
                    throw new IllegalArgumentException("not v2");
                }
                return text.substring(3);
            }
        };
        Cache<String> newer = bench.view().cache(CacheRegion.of("products", choosy));

        assertThat(join(newer.get("a", loader))).isEqualTo("old a");
        assertThat(join(newer.get("a", loader))).isEqualTo("old a");
        assertThat(join(newer.get("a", loader))).isEqualTo("old a");
        assertThat(loads).hasValue(3);
    }

    @Test
    void getAllLoadsWhatIsMissingInOneQuestion() {
        bench.cache(levels);
        get("a");
        List<Set<String>> asked = new ArrayList<>();

        Map<String, String> values = join(cache.getAll(Set.of("a", "b", "c"), (connection, keys) -> {
            asked.add(keys);
            return Map.of("b", "new b", "x", "not asked for");
        }));

        assertThat(values).isEqualTo(Map.of("a", "old a", "b", "new b"));
        assertThat(asked).containsExactly(Set.of("b", "c"));
        assertThat(get("b")).isEqualTo("new b");
        assertThat(loads).hasValue(1);
    }

    @Test
    void tenantsAndRegionsAreApart() {
        bench.cache(levels);
        Cache<String> other = bench.view().cache(REGION.ofTenant("acme"));
        get("a");
        database = "acme's";

        assertThat(join(other.get("a", loader))).isEqualTo("acme's a");
        assertThat(get("a")).isEqualTo("old a");
    }

    @Test
    void aKeyThatIsTooLongIsRefused() {
        String longest = "ü".repeat(256);
        assertThat(get(longest)).isEqualTo("old " + longest);

        assertThatThrownBy(() -> get(longest + "x")).hasMessageContaining("at most 512 bytes");
    }

    private String get(String key) {
        return join(cache.get(key, loader));
    }

    private static <T> T join(java.util.concurrent.CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
