// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ModeProfile;
import io.ucm.settings.Origin;
import io.ucm.settings.Require;
import io.ucm.settings.Secret;
import io.ucm.spi.CacheSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mode of one cluster, validated: a built-in mode with what the configuration overrides.
 *
 * @param origin for messages
 * @param basedOn the built-in mode: the same one, unless this is a further mode
 * @param account where each value comes from
 */
record ModeSettings(
        Origin origin,
        ManagerKey key,
        String basedOn,
        ModeProfile profile,
        SizeLimits limits,
        Care care,
        String user,
        Secret password,
        @Nullable ClientCertificate certificate,
        List<ModeValue> account) {

    static ModeSettings of(Origin origin, ModeConfig config) {
        String name = Require.text("mode", config.mode());
        BuiltInModes.BuiltIn base = BuiltInModes.under(name, config.based_on());
        ManagerKey key = new ManagerKey(Require.name("cluster", config.cluster()), name);
        ModeReader reader = new ModeReader();
        String user = reader.text("user", config.user());
        Secret password = reader.secret(".password", config._password());
        SizeLimits limits = limits(reader, config, base.limits());
        ModeProfile profile = profile(name, reader, config, base.profile(), limits);
        Care care = care(reader, config, base.care());
        ClientCertificate certificate = ClientCertificate.of(
                origin,
                reader.ofTheCluster("tls.certificate", config.tls_certificate()),
                reader.ofTheCluster("tls.key", config.tls_key()),
                reader.ofTheCluster(".tls.key.password", config._tls_key_password()));
        return new ModeSettings(
                origin,
                key,
                base.profile().name(),
                profile,
                limits,
                care,
                user,
                password,
                certificate,
                reader.account());
    }

    private static ModeProfile profile(
            String name, ModeReader reader, ModeConfig config, ModeProfile own, SizeLimits limits) {
        return new ModeProfile(
                name,
                start(reader, config, limits.within(own.poolSize()), limits),
                reader.time("acquire.timeout.ms", config.acquire_timeout_ms(), own.acquireTimeout()),
                reader.time("statement.timeout.ms", config.statement_timeout_ms(), own.statementTimeout(), "none"),
                reader.time("lock.timeout.ms", config.lock_timeout_ms(), own.lockTimeout(), "none"),
                reader.time(
                        "idle.in.transaction.timeout.ms",
                        config.idle_in_transaction_timeout_ms(),
                        own.idleInTransactionTimeout(),
                        "none"),
                reader.oneOf("default.access", config.default_access(), own.defaultAccess()),
                reader.flag("replica.reads", config.replica_reads(), own.replicaReads()),
                reader.oneOf("commit.outcome", config.commit_outcome(), own.commitOutcome()),
                reader.oneOf("priority", config.priority(), own.priority()),
                reader.count("cache.near.count", config.cache_near_count(), own.cacheEntries()),
                reader.time("cache.ttl.ms", config.cache_ttl_ms(), own.cacheTimeToLive()));
    }

    /** A size that is named without limits is the only one. */
    private static SizeLimits limits(ModeReader reader, ModeConfig config, SizeLimits own) {
        int fixed = config.pool_size_count();
        if (fixed != ModeConfig.BUILT_IN) {
            Require.atLeast(1, "pool.size.count", fixed);
        }
        int least = config.pool_size_min_count();
        int most = config.pool_size_max_count();
        int min = reader.count("pool.size.min.count", least == ModeConfig.BUILT_IN ? fixed : least, own.min());
        int max = reader.count("pool.size.max.count", most == ModeConfig.BUILT_IN ? fixed : most, own.max());
        if (min > max) {
            throw new IllegalArgumentException(
                    "pool.size.min.count: %d: must not be above pool.size.max.count, which is %d".formatted(min, max));
        }
        return new SizeLimits(min, max);
    }

    private static int start(ModeReader reader, ModeConfig config, int own, SizeLimits limits) {
        int start = reader.count("pool.size.count", config.pool_size_count(), own);
        if (limits.within(start) != start) {
            throw new IllegalArgumentException(
                    "pool.size.count: %d: must be from pool.size.min.count, which is %d, to pool.size.max.count, which is %d"
                            .formatted(start, limits.min(), limits.max()));
        }
        return start;
    }

    private static Care care(ModeReader reader, ModeConfig config, Care own) {
        return new Care(
                reader.time("slow.call.ms", config.slow_call_ms(), own.slowCall(), "any time"),
                reader.time("max.lifetime.ms", config.max_lifetime_ms(), own.maxLifetime(), "for ever"),
                reader.time("keepalive.ms", config.keepalive_ms(), own.keepalive(), "never"),
                reader.time(
                        "validate.after.idle.ms",
                        config.validate_after_idle_ms(),
                        own.validateAfterIdle(),
                        "at each borrow"),
                reader.time("leak.limit.ms", config.leak_limit_ms(), own.leakLimit(), "none"),
                reader.flag("borrow.trace", config.borrow_trace(), own.borrowTrace()),
                reader.percent(
                        "consumer.share.percent",
                        config.consumer_share_percent(),
                        own.consumerSharePercent(),
                        "equal shares"),
                reader.time("password.grace.ms", config.password_grace_ms(), own.passwordGrace(), "none"),
                reader.time("hold.ms", config.hold_ms(), own.hold(), "not at all"),
                reader.time("drain.limit.ms", config.drain_limit_ms(), own.drainLimit(), "none"));
    }

    /** What its pool and sessions are made with. */
    SessionSettings session() {
        return new SessionSettings(
                origin,
                key,
                user,
                profile.poolSize(),
                profile.readOnly(),
                profile.statementTimeout(),
                profile.lockTimeout(),
                profile.idleInTransactionTimeout(),
                care.keepalive());
    }

    /** What its caches are to be. */
    CacheSettings cache() {
        return new CacheSettings(key.cluster(), key.mode(), profile.cacheEntries(), profile.cacheTimeToLive());
    }
}
