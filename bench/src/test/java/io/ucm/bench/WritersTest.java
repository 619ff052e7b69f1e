// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WritersTest {

    private static final int LOST = 1;
    private static final int PROMOTED = 2;

    @Test
    void aRowIsTriedAgainUntilItIsAcknowledged() throws Exception {
        List<Long> tried = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger calls = new AtomicInteger();
        Writers writers = Writers.start(
                (client, row) -> {
                    tried.add(row);
                    switch (calls.incrementAndGet()) {
                        case 2 -> throw new SQLException("gone", "08006");
                        case 3 -> throw new Writers.UnknownException(new SQLException("gone", "08006"));
                        default -> {
                            return LOST;
                        }
                    }
                },
                1,
                LOST);
        writers.awaitRows(3);
        writers.close();

        assertThat(tried.subList(0, 5)).containsExactly(0L, 1L, 1L, 1L, 2L);
        assertThat(writers.acknowledged(0)).isEqualTo(tried.size() - 2);
        assertThat(writers.errors()).isEqualTo(Map.of("SQLException 08006", 1, "SQLException 08006 at COMMIT", 1));
        assertThat(writers.unknown()).isEqualTo(1);
        assertThat(writers.stuck()).isZero();
    }

    @Test
    void aClientIsBackWhenAnotherServerHasTakenItsRow() throws Exception {
        AtomicInteger server = new AtomicInteger(LOST);
        try (Writers writers = Writers.start((client, row) -> client == 0 ? LOST : server.get(), 3, LOST)) {
            writers.awaitRows(3);
            assertThat(writers.back()).isEmpty();

            long before = System.nanoTime();
            server.set(PROMOTED);
            writers.awaitBack(System.nanoTime() + 500_000_000L);
            long after = System.nanoTime();

            assertThat(writers.back()).hasSize(2).isSorted();
            assertThat(LongStream.of(writers.back())).allMatch(moment -> moment - before >= 0 && after - moment >= 0);
        }
    }
}
