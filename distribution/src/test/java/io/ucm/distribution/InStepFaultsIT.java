// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ucm.embedded.SeparatePostgres;
import io.ucm.embedded.SeparateRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two containers in processes of their own, on one database and one Redis: what one writes, the other one sees. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class InStepFaultsIT {

    private static final Pattern PRICE = Pattern.compile("\"price\":\"?([0-9.]+)");

    private static SeparatePostgres postgres;
    private static SeparateRedis redis;
    private static UcmProcess one;
    private static UcmProcess two;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        postgres = SeparatePostgres.start();
        redis = SeparateRedis.start();
        one = UcmProcess.start(
                AssembledFolder.original(), "serve", "--config", configuration(folder, "one"), "--name", "one");
        two = one.beside(
                AssembledFolder.original(), "serve", "--config", configuration(folder, "two"), "--name", "two");
        one.awaitStderr("ucm: ready");
        two.awaitStderr("ucm: ready");
        attached("one", "catalog:list");
    }

    @AfterAll
    static void stop() throws IOException {
        try (SeparateRedis last = redis;
                SeparatePostgres before = postgres;
                UcmProcess first = one;
                UcmProcess second = two) {
            assertThat(second.terminate().awaitExit()).isZero();
            assertThat(first.terminate().awaitExit()).isZero();
        }
    }

    private static String configuration(Path folder, String name) throws IOException {
        Path conf = Files.createDirectories(folder.resolve(name).resolve("conf"));
        Files.writeString(conf.resolve("io.ucm.cluster~shop.cfg.json"), """
                {"cluster": "shop", "nodes": ["n1=127.0.0.1:%d"], "database": "postgres", "tls.mode": "disable",
                 "user": "%s", ".password": "%s"}
                """.formatted(
                        postgres.port(), postgres.superuser(), postgres.password()));
        for (String mode : List.of("ADMIN", "ASYNC_MODERN")) {
            Files.writeString(conf.resolve("io.ucm.mode~" + mode + ".cfg.json"), """
                    {"cluster": "shop", "mode": "%s", "user": "%s", ".password": "%s", "pool.size.count": 4}
                    """.formatted(
                            mode, postgres.superuser(), postgres.password()));
        }
        Files.writeString(conf.resolve("io.ucm.redis.cfg.json"), """
                {"host": "127.0.0.1", "port": %d, ".password": "%s"}
                """.formatted(redis.port(), redis.password()));
        return folder.resolve(name).toString();
    }

    @Test
    void aPriceThatOneChangesIsSeenByTheOther() {
        for (int i = 0; i < 5; i++) {
            String changed = (11 + i) + ".50";
            assertThat(price("two")).isNotEqualTo(changed);

            attached("one", "catalog:reprice 1 " + changed);

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(price("two")).isEqualTo(changed));
        }
        assertThat(attached("two", "ucm:cache --json")).contains("\"state\":\"UP\"");
    }

    @Test
    void bothUnderLoadSeeNothingStaleOfTheirOwn() {
        attached("one", "catalog:start --clients 4");
        assertThat(attached("two", "catalog:run --seconds 3 --clients 4 --json"))
                .contains("\"stale\":0");
        assertThat(attached("one", "catalog:report --json")).contains("\"stale\":0");
    }

    /** Nobody waits for a Redis that does not answer, and what was written meanwhile is seen when it is back. */
    @Test
    void aFrozenRedisIsDoneWithout() throws Exception {
        price("two");
        redis.freeze();
        try {
            attached("one", "catalog:reprice 1 77.70");
            assertThat(price("one")).isEqualTo("77.70");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(price("two")).isEqualTo("77.70"));
        } finally {
            redis.thaw();
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> attached("one", "ucm:cache --json").contains("\"state\":\"UP\"")
                        && attached("two", "ucm:cache --json").contains("\"state\":\"UP\""));
        assertThat(price("one")).isEqualTo("77.70");
        assertThat(price("two")).isEqualTo("77.70");
    }

    private static String price(String name) {
        String answer = attached(name, "catalog:price 1 --json");
        Matcher price = PRICE.matcher(answer);
        assertThat(price.find()).as(answer).isTrue();
        return price.group(1);
    }

    private static String attached(String name, String command) {
        try (UcmProcess client = one.beside(AssembledFolder.original(), "attach", "--name", name, command)) {
            assertThat(client.awaitExit()).as(client.stderr()).isZero();
            return client.stdout();
        }
    }
}
