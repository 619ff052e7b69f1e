// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.Access;
import io.ucm.api.Priority;
import io.ucm.settings.Origin;
import io.ucm.spi.NodeAddress;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    static final Origin ORIGIN = new Origin("io.ucm.test~1", null);

    @Test
    void aClusterTakesItsFirstNodeForThePrimaryUnlessToldOtherwise() {
        assertThat(cluster(Map.of()).primary()).isEqualTo(new NodeAddress("n1", "db1", 5432));
        assertThat(cluster(Map.of("primary", "n2")).primary()).isEqualTo(new NodeAddress("n2", "[::1]", 5433));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"db1:5432", "n1=db1", "n1=db1:0", "n1=db1:65536", "n1=db1:port", "n1=db1:5432/x", "n 1=a:1"})
    void aNodeOfAnotherFormIsRefusedWithItsText(String node) {
        assertThatThrownBy(() -> cluster(Map.of("nodes", new String[] {node})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nodes: '" + node + "'")
                .hasMessageContaining("id=host:port");
    }

    @Test
    void aNodeIdMayBeThereOnce() {
        assertThatThrownBy(() -> cluster(Map.of("nodes", new String[] {"a=h:1", "a=i:2"})))
                .hasMessage("nodes: the id 'a' is there twice");
    }

    @Test
    void anUnknownPrimaryIsRefusedWithTheNodesThatThereAre() {
        assertThatThrownBy(() -> cluster(Map.of("primary", "n9")))
                .hasMessageContaining("'n9' is none of the nodes")
                .hasMessageContaining("n1 (db1:5432)");
    }

    @Test
    void patroniNamesTheNodesWhereTheConfigurationDoesNot() {
        ClusterSettings cluster = patroni("http://db1:8008/", "https://[::1]:8008,http://db3/api");

        assertThat(cluster.nodes()).isEmpty();
        assertThat(cluster.primary()).isNull();
        assertThat(cluster.patroni().addresses())
                .containsExactly(
                        URI.create("http://db1:8008"), URI.create("https://[::1]:8008"), URI.create("http://db3/api"));
        assertThatThrownBy(() -> cluster(Map.of("nodes", new String[0])))
                .hasMessageContaining("nodes: at least one is needed")
                .hasMessageContaining("patroni");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db1:8008", "ftp://db1", "http://", "http://u:p@db1", "http://db1?x", "http://d b", ""})
    void anAddressOfPatroniOfAnotherFormIsRefused(String address) {
        assertThatThrownBy(() -> patroni(address))
                .hasMessageContaining("patroni: '" + address + "' is not the address");
    }

    @Test
    void patroniTakesAUserOnlyWithItsPassword() {
        ClusterSettings cluster = cluster(Map.of("patroni_user", "ucm", "_patroni_password", "patroni-secret"));

        assertThat(cluster.patroni().password().reveal()).isEqualTo("patroni-secret");
        assertThat(cluster.toString()).contains("ucm").doesNotContain("patroni-secret");
        assertThatThrownBy(() -> cluster(Map.of("patroni_user", "ucm")))
                .hasMessageContaining(".patroni.password: is missing");
        assertThatThrownBy(() -> cluster(Map.of("_patroni_password", "patroni-secret")))
                .hasMessageContaining("patroni.user: is missing")
                .hasMessageNotContaining("patroni-secret");
        assertThatThrownBy(() -> cluster(Map.of("patroni_user", "u:m", "_patroni_password", "x")))
                .hasMessageContaining("patroni.user: 'u:m': may not contain ':'");
    }

    @Test
    void whatPatroniIsAskedWithIsNothingToTheWatch() {
        ClusterSettings before = cluster(Map.of("patroni_user", "ucm", "_patroni_password", "one"));
        ClusterSettings after = cluster(Map.of("patroni_user", "ucm", "_patroni_password", "two"));

        assertThat(after).isNotEqualTo(before);
        assertThat(after.withoutPassword()).isEqualTo(before.withoutPassword());
    }

    @Test
    void whereSomebodyElsePromotesUcmDoesNot() {
        assertThatThrownBy(() ->
                        cluster(Map.of("patroni", new String[] {"http://db1:8008"}, "failover_policy", "PROMOTE")))
                .hasMessageContaining("failover.policy: PROMOTE: with patroni it is Patroni that promotes");
    }

    @Test
    void otherNodesAreTheSameToThePools() {
        ClusterSettings before = cluster(Map.of());
        ClusterSettings after = cluster(Map.of("nodes", new String[] {"n2=[::1]:5433", "n3=db3:1"}));

        assertThat(after.withoutPassword()).isNotEqualTo(before.withoutPassword());
        assertThat(after.ofPools()).isEqualTo(before.ofPools());
        assertThat(cluster(Map.of("database", "other")).ofPools()).isNotEqualTo(before.ofPools());
    }

    @ParameterizedTest
    @CsvSource({
        "MCP_SERVER, 20, 200, 150, 10000, 300000, READ_ONLY",
        "ML_TRAINING, 15, 5000, 0, 0, 0, READ_WRITE",
        "ADMIN, 5, 10000, 0, 0, 0, READ_WRITE",
        "ASYNC_MODERN, 12, 5000, 5000, 10000, 300000, READ_WRITE",
        "HIGH_AVAILABILITY, 20, 10000, 10000, 10000, 300000, READ_WRITE"
    })
    void theFiveModesAreBuiltIn(
            String mode, int size, long acquireMs, long statementMs, long lockMs, long idleMs, Access access) {
        var profile = mode(Map.of("mode", mode)).profile();

        assertThat(profile.poolSize()).isEqualTo(size);
        assertThat(profile.acquireTimeout()).isEqualTo(Duration.ofMillis(acquireMs));
        assertThat(profile.statementTimeout()).isEqualTo(Duration.ofMillis(statementMs));
        assertThat(profile.lockTimeout()).isEqualTo(Duration.ofMillis(lockMs));
        assertThat(profile.idleInTransactionTimeout()).isEqualTo(Duration.ofMillis(idleMs));
        assertThat(profile.defaultAccess()).isEqualTo(access);
        assertThat(profile.priority()).isEqualTo(Priority.NORMAL);
    }

    @ParameterizedTest
    @CsvSource({
        "MCP_SERVER, 200, 60000",
        "ML_TRAINING, 0, 0",
        "ADMIN, 0, 0",
        "ASYNC_MODERN, 1000, 300000",
        "HIGH_AVAILABILITY, 1000, 300000"
    })
    void eachLooksAfterItsConnections(String mode, long slowCallMs, long leakLimitMs) {
        assertThat(mode(Map.of("mode", mode)).care())
                .isEqualTo(new Care(
                        Duration.ofMillis(slowCallMs),
                        Duration.ofHours(1),
                        Duration.ofMinutes(2),
                        Duration.ofMillis(500),
                        Duration.ofMillis(leakLimitMs),
                        false,
                        0,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30)));
    }

    @Test
    void theConfigurationOverridesThatToo() {
        assertThat(mode(Map.of(
                                "slow_call_ms", 1,
                                "max_lifetime_ms", 2,
                                "keepalive_ms", 3,
                                "validate_after_idle_ms", 4,
                                "leak_limit_ms", 5,
                                "borrow_trace", "true",
                                "consumer_share_percent", 6,
                                "password_grace_ms", 7,
                                "hold_ms", 8,
                                "drain_limit_ms", 9))
                        .care())
                .isEqualTo(new Care(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(3),
                        Duration.ofMillis(4),
                        Duration.ofMillis(5),
                        true,
                        6,
                        Duration.ofMillis(7),
                        Duration.ofMillis(8),
                        Duration.ofMillis(9)));
        assertThat(mode(Map.of(
                                "slow_call_ms", 0,
                                "max_lifetime_ms", 0,
                                "keepalive_ms", 0,
                                "validate_after_idle_ms", 0,
                                "leak_limit_ms", 0,
                                "borrow_trace", "false",
                                "password_grace_ms", 0,
                                "hold_ms", 0,
                                "drain_limit_ms", 0))
                        .care())
                .isEqualTo(new Care(
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        false,
                        0,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"-2", "101"})
    void aShareIsAPercentage(int share) {
        assertThatThrownBy(() -> mode(Map.of("consumer_share_percent", share)))
                .hasMessage("consumer.share.percent: " + share + ": must be between 0 and 100");
    }

    @ParameterizedTest
    @CsvSource({
        "max_lifetime_ms, max.lifetime.ms",
        "keepalive_ms, keepalive.ms",
        "validate_after_idle_ms, validate.after.idle.ms",
        "leak_limit_ms, leak.limit.ms",
        "password_grace_ms, password.grace.ms",
        "hold_ms, hold.ms",
        "drain_limit_ms, drain.limit.ms"
    })
    void aTimeIsNotNegative(String method, String attribute) {
        assertThatThrownBy(() -> mode(Map.of(method, -2))).hasMessage(attribute + ": -2: must be at least 0");
    }

    @Test
    void theConfigurationOverridesTheMode() {
        var profile = mode(Map.of(
                        "pool_size_count", 3,
                        "acquire_timeout_ms", 7,
                        "statement_timeout_ms", 0,
                        "default_access", "READ_ONLY",
                        "replica_reads", "false",
                        "priority", "HIGH",
                        "cache_near_count", 7,
                        "cache_ttl_ms", 9))
                .profile();

        assertThat(profile.poolSize()).isEqualTo(3);
        assertThat(profile.acquireTimeout()).isEqualTo(Duration.ofMillis(7));
        assertThat(profile.statementTimeout()).isZero();
        assertThat(profile.readOnly()).isTrue();
        assertThat(profile.replicaReads()).isFalse();
        assertThat(profile.priority()).isEqualTo(Priority.HIGH);
        assertThat(profile.cacheEntries()).isEqualTo(7);
        assertThat(profile.cacheTimeToLive()).isEqualTo(Duration.ofMillis(9));
    }

    @Test
    void replicaReadsAreAYesOrNo() {
        assertThatThrownBy(() -> mode(Map.of("replica_reads", "maybe")))
                .hasMessage("replica.reads: 'maybe' is neither true nor false");
    }

    @Test
    void aPriorityIsOneOfThree() {
        assertThatThrownBy(() -> mode(Map.of("priority", "high")))
                .hasMessage("priority: 'high' is none of [HIGH, NORMAL, LOW]");
    }

    /** A slip of the pen makes no mode. */
    @Test
    void anUnknownModeIsRefusedWithThoseThatThereAreAndHowToMakeOne() {
        assertThatThrownBy(() -> mode(Map.of("mode", "FAST")))
                .hasMessage(
                        "mode: 'FAST' is none of [MCP_SERVER, ML_TRAINING, ADMIN, ASYNC_MODERN, HIGH_AVAILABILITY]; "
                                + "to make it a further mode, say with based.on whose values it has");
    }

    @Test
    void aFurtherModeHasTheValuesOfWhatItIsBasedOnWhereItNamesNone() {
        ModeSettings further = mode(
                Map.of("mode", "REPORTS_2", "based_on", "ML_TRAINING", "acquire_timeout_ms", 7, "slow_call_ms", 9));
        ModeSettings base = mode(Map.of("mode", "ML_TRAINING", "acquire_timeout_ms", 7, "slow_call_ms", 9));

        assertThat(further.key()).isEqualTo(new ManagerKey("main", "REPORTS_2"));
        assertThat(further.profile().name()).isEqualTo("REPORTS_2");
        assertThat(further.basedOn()).isEqualTo("ML_TRAINING");
        assertThat(further.care()).isEqualTo(base.care());
        assertThat(further.account()).isEqualTo(base.account());
        assertThat(further.profile().poolSize()).isEqualTo(15);
    }

    @Test
    void aBuiltInModeIsBasedOnNothing() {
        assertThatThrownBy(() -> mode(Map.of("mode", "ADMIN", "based_on", "ADMIN")))
                .hasMessage("based.on: 'ADMIN': ADMIN is built in and based on nothing; "
                        + "leave based.on out, or name a further mode");
    }

    @Test
    void aFurtherModeIsBasedOnABuiltInOne() {
        assertThatThrownBy(() -> mode(Map.of("mode", "REPORTS", "based_on", "OTHERS")))
                .hasMessage(
                        "based.on: 'OTHERS' is none of [MCP_SERVER, ML_TRAINING, ADMIN, ASYNC_MODERN, HIGH_AVAILABILITY]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reports", "1REPORT", "RE-PORTS", "_R", "REPORTS*", "A B"})
    void aFurtherModesNameIsOneThatAFilterCanHave(String name) {
        assertThatThrownBy(() -> mode(Map.of("mode", name, "based_on", "ADMIN")))
                .hasMessage("mode: '" + name
                        + "': a further mode's name begins with a capital letter and has capitals, digits and '_'");
    }

    @ParameterizedTest
    @CsvSource({
        "pool_size_count, pool.size.count, 0",
        "pool_size_min_count, pool.size.min.count, 0",
        "pool_size_max_count, pool.size.max.count, 0",
        "acquire_timeout_ms, acquire.timeout.ms, 0",
        "cache_near_count, cache.near.count, 0",
        "cache_ttl_ms, cache.ttl.ms, 0"
    })
    void aValueOutOfRangeIsRefusedWithItsName(String method, String attribute, int value) {
        assertThatThrownBy(() -> mode(Map.of(method, value)))
                .hasMessage(attribute + ": " + value + ": must be at least 1");
    }

    @ParameterizedTest
    @CsvSource({
        "MCP_SERVER, 2, 100",
        "ML_TRAINING, 2, 75",
        "ADMIN, 2, 25",
        "ASYNC_MODERN, 2, 60",
        "HIGH_AVAILABILITY, 2, 100"
    })
    void theSizeHasLimits(String mode, int min, int max) {
        assertThat(mode(Map.of("mode", mode)).limits()).isEqualTo(new SizeLimits(min, max));
    }

    @Test
    void aSizeWithoutLimitsIsTheOnlyOne() {
        assertThat(mode(Map.of("pool_size_count", 70)).limits()).isEqualTo(new SizeLimits(70, 70));
        ModeSettings between = mode(Map.of("pool_size_count", 7, "pool_size_min_count", 2, "pool_size_max_count", 9));
        assertThat(between.limits()).isEqualTo(new SizeLimits(2, 9));
        assertThat(between.profile().poolSize()).isEqualTo(7);
    }

    @Test
    void limitsAloneMoveTheSizeThatAPoolBeginsWith() {
        assertThat(mode(Map.of("pool_size_min_count", 30)).profile().poolSize()).isEqualTo(30);
        assertThat(mode(Map.of("pool_size_max_count", 6)).profile().poolSize()).isEqualTo(6);
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> mode(Map.of("pool_size_min_count", 9, "pool_size_max_count", 8)))
                .hasMessage("pool.size.min.count: 9: must not be above pool.size.max.count, which is 8");
        assertThatThrownBy(() -> mode(Map.of("pool_size_count", 7, "pool_size_max_count", 6)))
                .hasMessageStartingWith("pool.size.min.count: 7: must not be above");
        assertThatThrownBy(() -> mode(Map.of("pool_size_count", 7, "pool_size_min_count", 1, "pool_size_max_count", 6)))
                .hasMessage("pool.size.count: 7: must be from pool.size.min.count, which is 1,"
                        + " to pool.size.max.count, which is 6");
    }

    @Test
    void aDefaultDeadlineIsWhatWaitingAndWorkingMayTake() {
        assertThat(mode(Map.of()).profile().defaultDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(mode(Map.of("mode", "ADMIN")).profile().defaultDeadline()).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void aPasswordPrintsAsStars() {
        assertThat(mode(Map.of("_password", "geheim")).toString()).doesNotContain("geheim");
        assertThat(cluster(Map.of("_password", "geheim")).toString()).doesNotContain("geheim");
    }

    static ClusterSettings cluster(Map<String, Object> changes) {
        return ClusterSettings.of(
                ORIGIN,
                config(
                        ClusterConfig.class,
                        Map.of(
                                "cluster",
                                "main",
                                "nodes",
                                new String[] {"n1=db1:5432", "n2=[::1]:5433"},
                                "database",
                                "ucm"),
                        changes));
    }

    private static ClusterSettings patroni(String... addresses) {
        return cluster(Map.of("nodes", new String[0], "patroni", addresses));
    }

    private static ModeSettings mode(Map<String, Object> changes) {
        return ModeSettings.of(
                ORIGIN,
                config(ModeConfig.class, Map.of("cluster", "main", "mode", "ASYNC_MODERN", "user", "app"), changes));
    }

    /** An annotation with the given values, and its own defaults for the rest. */
    static <A> A config(Class<A> type, Map<String, Object> base, Map<String, Object> changes) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Object value = changes.getOrDefault(method.getName(), base.get(method.getName()));
            return value != null ? value : method.getDefaultValue();
        }));
    }
}
