// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.settings.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where Redis is and how long to wait for it, validated. */
record RedisSettings(
        String host,
        int port,
        String user,
        Secret password,
        int database,
        Duration connectTimeout,
        Duration timeout,
        Duration tombstone,
        Duration awayTimeToLive) {

    private static final int MAX_PORT = 65_535;

    static RedisSettings of(RedisConfig config) {
        return new RedisSettings(
                host(config.host()),
                within(1, MAX_PORT, "port", config.port()),
                config.user(),
                new Secret(config._password()),
                atLeast(0, "database", config.database()),
                millis("connect.timeout.ms", config.connect_timeout_ms()),
                millis("timeout.ms", config.timeout_ms()),
                millis("tombstone.ms", config.tombstone_ms()),
                millis("away.ttl.ms", config.away_ttl_ms()));
    }

    String address() {
        return host + ":" + port;
    }

    private static String host(@Nullable String host) {
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException("host: is missing");
        }
        return host.strip();
    }

    private static Duration millis(String attribute, int value) {
        return Duration.ofMillis(atLeast(1, attribute, value));
    }

    private static int atLeast(int least, String attribute, int value) {
        return within(least, Integer.MAX_VALUE, attribute, value);
    }

    private static int within(int least, int most, String attribute, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s: %d: must be at least %d%s"
                    .formatted(attribute, value, least, most == Integer.MAX_VALUE ? "" : " and at most " + most));
        }
        return value;
    }
}
