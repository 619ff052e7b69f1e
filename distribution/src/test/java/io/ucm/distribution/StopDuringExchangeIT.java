// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container is stopped in the middle of an exchange, under load: it ends as at any other time. */
class StopDuringExchangeIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(
            strings = {"ucm:swap pool io.ucm.pool.agroal", "felix:stop io.ucm.pool", "felix:update org.postgresql.jdbc"
            })
    void everythingEnds(String exchange) {
        try (UcmProcess server =
                UcmProcess.start(AssembledFolder.original(), "serve").awaitStderr("ucm: ready")) {
            try (UcmProcess load = server.attach("ledger:start --clients 32")) {
                assertThat(load.awaitExit()).as(load.stderr()).isZero();
            }
            try (UcmProcess swap = server.attach(exchange)) {
                // Other files come and go while it is looked for.
                await().ignoreExceptionsInstanceOf(UncheckedIOException.class)
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> log(server.temporary()).contains(" is exchanged for "));

                assertThat(server.terminate().awaitExit()).as(server.stderr()).isZero();
                swap.awaitExit();
            }
            server.assertNothingLeft();
        }
    }

    private static String log(Path temporary) {
        try (Stream<Path> all = Files.find(temporary, 10, (file, attributes) -> file.getFileName()
                .toString()
                .equals("ucm.log"))) {
            return Files.readString(all.findFirst().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
