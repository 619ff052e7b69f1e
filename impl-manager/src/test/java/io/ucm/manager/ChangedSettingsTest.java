// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.settings.Attributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Only what a pool or its sessions are made with makes a new pool. */
@Timeout(30)
class ChangedSettingsTest {

    /** What a change of makes a new pool, beside the certificates. */
    static final Map<String, Object> OF_THE_POOL = Map.of(
            "user", "other",
            "pool.size.count", 7,
            "statement.timeout.ms", 7,
            "lock.timeout.ms", 7,
            "idle.in.transaction.timeout.ms", 7,
            "default.access", "READ_ONLY",
            "keepalive.ms", 7);

    private static final Map<String, Object> LIVE = Map.ofEntries(
            entry(".password", "other"),
            entry("acquire.timeout.ms", 7),
            entry("pool.size.min.count", 1),
            entry("pool.size.max.count", 7),
            entry("slow.call.ms", 7),
            entry("max.lifetime.ms", 7),
            entry("validate.after.idle.ms", 7),
            entry("leak.limit.ms", 7),
            entry("borrow.trace", "true"),
            entry("consumer.share.percent", 7),
            entry("password.grace.ms", 7),
            entry("hold.ms", 7),
            entry("drain.limit.ms", 7),
            entry("replica.reads", "false"),
            entry("commit.outcome", "RESOLVED"),
            entry("priority", "HIGH"),
            entry("cache.near.count", 7),
            entry("cache.ttl.ms", 7));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    static Set<String> ofThePool() {
        return OF_THE_POOL.keySet();
    }

    static Set<String> live() {
        return LIVE.keySet();
    }

    @ParameterizedTest
    @MethodSource("ofThePool")
    void whatThePoolIsMadeWithOpensANewOne(String attribute) {
        Generation before = bench.serving();

        bench.change(changed(attribute, OF_THE_POOL));

        Awaitility.await().until(() -> bench.manager.generations().current() != before);
    }

    @ParameterizedTest
    @MethodSource("live")
    void theRestGoesOnWithTheOldOne(String attribute) {
        Generation before = bench.serving();

        bench.change(changed(attribute, LIVE));

        assertThat(bench.manager.generations().inUse()).containsOnly(before.blueprint());
        assertThat(bench.manager.settings()).isNotEqualTo(bench.settings(Map.of()));
    }

    @Test
    void anAcquireTimeoutActsAtOnceAndAStatementTimeoutInNewSessions() {
        Generation before = bench.serving();

        bench.change(Map.of("acquire_timeout_ms", 7));
        assertThat(bench.manager.mode().acquireTimeout()).isEqualTo(Duration.ofMillis(7));
        assertThat(bench.pools.opened).hasSize(1);

        bench.change(Map.of("statement_timeout_ms", 7));
        Awaitility.await().until(() -> bench.manager.generations().current() != before);
        assertThat(bench.pools.opened).hasSize(2);
        assertThat(bench.server.sessions.get(bench.server.sessions.size() - 1).getProperty("options"))
                .contains("statement_timeout=7 ");
    }

    /** So that a new attribute is not forgotten here. */
    @Test
    void eachAttributeIsOneOrTheOther() {
        Set<String> all = new HashSet<>(Attributes.known(ModeConfig.class).keySet());
        all.removeIf(attribute -> attribute.contains("tls.")
                || Set.of("cluster", "mode", "based.on").contains(attribute));
        Set<String> both = new HashSet<>(ofThePool());
        both.addAll(live());

        assertThat(both).isEqualTo(all);
        assertThat(OF_THE_POOL).doesNotContainKeys(LIVE.keySet().toArray(String[]::new));
    }

    private static Map<String, Object> changed(String attribute, Map<String, Object> values) {
        return Map.of(attribute.replace('.', '_'), values.get(attribute));
    }
}
