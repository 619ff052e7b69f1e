// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.ModeProfile;
import io.ucm.api.Priority;
import io.ucm.settings.Origin;
import io.ucm.settings.Require;
import io.ucm.settings.Secret;
import io.ucm.spi.CacheSettings;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One mode of one cluster, validated: the built-in profile with what the configuration overrides.
 *
 * @param origin for messages
 * @param slowCall how long a call may take before the log names it; zero: however long
 */
record ModeSettings(
        Origin origin,
        ManagerKey key,
        ModeProfile profile,
        Duration slowCall,
        String user,
        Secret password,
        @Nullable ClientCertificate certificate) {

    static ModeSettings of(Origin origin, ModeConfig config) {
        BuiltInModes.BuiltIn builtIn = BuiltInModes.named(Require.text("mode", config.mode()));
        ModeProfile own = builtIn.profile();
        ModeProfile profile = new ModeProfile(
                own.name(),
                config.pool_size_count() == ModeConfig.BUILT_IN
                        ? own.poolSize()
                        : Require.atLeast(1, "pool.size.count", config.pool_size_count()),
                duration("acquire.timeout.ms", config.acquire_timeout_ms(), 1, own.acquireTimeout()),
                duration("statement.timeout.ms", config.statement_timeout_ms(), 0, own.statementTimeout()),
                duration("lock.timeout.ms", config.lock_timeout_ms(), 0, own.lockTimeout()),
                duration(
                        "idle.in.transaction.timeout.ms",
                        config.idle_in_transaction_timeout_ms(),
                        0,
                        own.idleInTransactionTimeout()),
                config.default_access().isEmpty()
                        ? own.defaultAccess()
                        : oneOf(Access.class, "default.access", config.default_access()),
                config.replica_reads().isEmpty() ? own.replicaReads() : flag("replica.reads", config.replica_reads()),
                config.priority().isEmpty() ? own.priority() : oneOf(Priority.class, "priority", config.priority()),
                config.cache_near_count() == ModeConfig.BUILT_IN
                        ? own.cacheEntries()
                        : Require.atLeast(1, "cache.near.count", config.cache_near_count()),
                duration("cache.ttl.ms", config.cache_ttl_ms(), 1, own.cacheTimeToLive()));
        return new ModeSettings(
                origin,
                new ManagerKey(Require.name("cluster", config.cluster()), own.name()),
                profile,
                duration("slow.call.ms", config.slow_call_ms(), 0, builtIn.slowCall()),
                Require.text("user", config.user()),
                new Secret(config._password()),
                ClientCertificate.of(origin, config.tls_certificate(), config.tls_key(), config._tls_key_password()));
    }

    /** What its caches are to be. */
    CacheSettings cache() {
        return new CacheSettings(key.cluster(), key.mode(), profile.cacheEntries(), profile.cacheTimeToLive());
    }

    private static Duration duration(String attribute, int value, int least, Duration own) {
        return value == ModeConfig.BUILT_IN ? own : Duration.ofMillis(Require.atLeast(least, attribute, value));
    }

    private static boolean flag(String attribute, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(attribute + ": '" + value + "' is neither true nor false");
        };
    }

    private static <E extends Enum<E>> E oneOf(Class<E> type, String attribute, String value) {
        return Arrays.stream(type.getEnumConstants())
                .filter(one -> one.name().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        attribute + ": '" + value + "' is none of " + Arrays.toString(type.getEnumConstants())));
    }
}
