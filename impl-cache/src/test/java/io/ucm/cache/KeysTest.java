// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.CacheKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeysTest {

    private static final List<String> PARTS = List.of(
            "",
            "a",
            "b",
            ":",
            "a:",
            ":b",
            "%",
            "%003A",
            "{a}",
            "a%",
            "é",
            "\uD83D\uDE00",
            "\uD83D",
            "\uDE00",
            "?",
            "$1");

    @Test
    void readsLikeAPath() {
        assertThat(new String(new Keys("orders").name(new CacheKey("products", "acme", "17")), StandardCharsets.UTF_8))
                .isEqualTo("ucm:orders:products:acme:17");
    }

    @Test
    void noTwoKeysShareAName() {
        Map<String, List<String>> seen = new HashMap<>();
        for (String cluster : PARTS) {
            Keys keys = new Keys(cluster);
            for (CacheKey key : all()) {
                String name = new String(keys.name(key), StandardCharsets.UTF_8);
                assertThat(seen.put(name, List.of(cluster, key.toString())))
                        .as(name)
                        .isNull();
            }
            assertThat(seen).doesNotContainKey(new String(keys.generation(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aNameLeadsBackToItsKey() {
        Keys keys = new Keys("a:b");
        for (CacheKey key : all()) {
            assertThat(keys.key(keys.name(key))).isEqualTo(key);
        }
    }

    @Test
    void knowsWhatIsNoEntryOfItsCluster() {
        Keys keys = new Keys("orders");

        assertThat(keys.key(keys.generation())).isNull();
        assertThat(keys.key(new Keys("orders2").name(new CacheKey("r", "t", "k"))))
                .isNull();
        assertThat(keys.key("ucm:orders:r:t:k:l".getBytes(StandardCharsets.UTF_8)))
                .isNull();
    }

    private static List<CacheKey> all() {
        List<CacheKey> all = new ArrayList<>();
        for (String region : PARTS) {
            for (String tenant : PARTS) {
                for (String key : PARTS) {
                    all.add(new CacheKey(region, tenant, key));
                }
            }
        }
        return all;
    }
}
