// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.bench.FailoverFault.Kind;
import io.ucm.container.UcmContainer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everybody is measured by the same faults, each of which meets a whole cluster; UCM's clients see nothing of them. */
class FailoverFaultsIT {

    private static final Path HOME = Path.of(System.getProperty("ucm.test.home"));
    private static final FailoverFault KILLED = new FailoverFault(Kind.KILL, Duration.ZERO);
    private static final FailoverFault FROZEN = new FailoverFault(Kind.FREEZE, Duration.ofSeconds(1));

    @Test
    void theEntrantsAreComparable() throws Exception {
        try (UcmContainer container = UcmContainer.start(HOME, true)) {
            Embedded.await(container);
            Database database = Embedded.database(container, "bench");
            Nodes nodes = new Nodes(container, database);
            nodes.followOthers();
            String first = nodes.awaitComplete().primary();
            try (Connection connection = nodes.watched(database, first).connect()) {
                FailoverRows.create(connection);
            }
            FailoverTurn.Place place = new FailoverTurn.Place(nodes, database, Duration.ofSeconds(10));
            List<Entrant> entrants = Entrants.of(container, nodes, database, true);

            FailoverTurn killed = FailoverTurn.take(entrants.get(0), KILLED, place, 1);
            assertThat(nodes.awaitComplete().primary()).isNotEqualTo(first);
            FailoverTurn frozen = FailoverTurn.take(entrants.get(0), FROZEN, place, 2);
            FailoverTurn peer = FailoverTurn.take(entrants.get(1), KILLED, place, 3);

            assertThat(killed).matches(FailoverTurn::clean, "clean: " + killed.summary());
            assertThat(frozen).matches(FailoverTurn::clean, "clean: " + frozen.summary());
            assertThat(killed.outage()).isPositive();
            assertThat(frozen.outage()).isGreaterThan(1_000);
            assertThat(peer.failed()).isPositive();
            assertThat(peer.rows().lost()).isZero();
            assertThat(peer.stuck()).isZero();
        }
    }
}
