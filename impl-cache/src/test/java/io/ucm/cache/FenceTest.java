// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.CacheKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FenceTest {

    private static final CacheKey KEY = new CacheKey("r", "t", "k");

    private final Fence fence = new Fence();
    private final List<String> done = new ArrayList<>();

    @Test
    void letsInWhatNothingWasHeardOf() {
        assertThat(fence.enter(KEY, fence.stamp(KEY), () -> done.add("in"))).isTrue();
        assertThat(done).containsExactly("in");
    }

    @Test
    void keepsOutWhatWasReadBeforeTheKeyWasDropped() {
        long stamp = fence.stamp(KEY);
        fence.bump(KEY, () -> done.add("dropped"));

        assertThat(fence.enter(KEY, stamp, () -> done.add("in"))).isFalse();
        assertThat(done).containsExactly("dropped");
    }

    @Test
    void keepsEverythingOutThatWasReadBeforeAllWasDropped() {
        List<CacheKey> keys = IntStream.range(0, 5_000)
                .mapToObj(i -> new CacheKey("r", "", "k" + i))
                .toList();
        long[] stamps = keys.stream().mapToLong(fence::stamp).toArray();
        fence.bumpAll();

        for (int i = 0; i < stamps.length; i++) {
            assertThat(fence.enter(keys.get(i), stamps[i], () -> {})).isFalse();
        }
    }

    @Test
    void aReplacementDropsAndKeepsOutWhatWasReadBefore() {
        long stamp = fence.stamp(KEY);
        fence.replace(KEY, stamp, () -> done.add("dropped"), () -> done.add("new"));

        assertThat(fence.enter(KEY, stamp, () -> done.add("old"))).isFalse();
        assertThat(done).containsExactly("dropped", "new");
    }

    @Test
    void aReplacementThatComesTooLateOnlyDrops() {
        long stamp = fence.stamp(KEY);
        fence.bump(KEY, () -> {});
        fence.replace(KEY, stamp, () -> done.add("dropped"), () -> done.add("new"));

        assertThat(done).containsExactly("dropped");
    }
}
