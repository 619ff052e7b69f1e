// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.ModeProfile;
import io.ucm.spi.PoolSettings;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One mode of one cluster, validated: the built-in profile with what the configuration overrides. */
record ModeSettings(
        ManagerKey key,
        ModeProfile profile,
        String user,
        Secret password,
        @Nullable ClientCertificate certificate) {

    private static final String PID = "io.ucm.mode";
    private static final Duration MAX_LIFETIME = Duration.ofSeconds(3600);

    static ModeSettings of(ModeConfig config) {
        ModeProfile own = BuiltInModes.named(Require.text(PID, "mode", config.mode()));
        ModeProfile profile = new ModeProfile(
                own.name(),
                config.pool_size_count() == ModeConfig.BUILT_IN
                        ? own.poolSize()
                        : Require.atLeast(1, PID, "pool.size.count", config.pool_size_count()),
                duration("acquire.timeout.ms", config.acquire_timeout_ms(), 1, own.acquireTimeout()),
                duration("statement.timeout.ms", config.statement_timeout_ms(), 0, own.statementTimeout()),
                duration("lock.timeout.ms", config.lock_timeout_ms(), 0, own.lockTimeout()),
                duration(
                        "idle.in.transaction.timeout.ms",
                        config.idle_in_transaction_timeout_ms(),
                        0,
                        own.idleInTransactionTimeout()),
                config.default_access().isEmpty() ? own.defaultAccess() : access(config.default_access()));
        return new ModeSettings(
                new ManagerKey(Require.name(PID, "cluster", config.cluster()), own.name()),
                profile,
                Require.text(PID, "user", config.user()),
                new Secret(config._password()),
                ClientCertificate.of(PID, config.tls_certificate(), config.tls_key(), config._tls_key_password()));
    }

    PoolSettings poolSettings() {
        return new PoolSettings(key.toString(), profile.poolSize(), MAX_LIFETIME);
    }

    private static Duration duration(String attribute, int value, int least, Duration own) {
        return value == ModeConfig.BUILT_IN ? own : Duration.ofMillis(Require.atLeast(least, PID, attribute, value));
    }

    private static Access access(String value) {
        return Arrays.stream(Access.values())
                .filter(access -> access.name().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        PID + ", default.access: '" + value + "' is none of " + Arrays.toString(Access.values())));
    }
}
