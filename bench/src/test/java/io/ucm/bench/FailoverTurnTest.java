// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ucm.bench.FailoverFault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailoverTurnTest {

    private static final long MILLI = 1_000_000;
    private static final int CLIENTS = 4;

    @Test
    void timesCountFromTheMomentAtWhichAWriteWasPossible() {
        FailoverTurn turn = turn(1_000, 1, 2, 3, 40);

        assertThat(turn.outage()).isEqualTo(1_000);
        assertThat(turn.first()).isEqualTo(1);
        assertThat(turn.half()).isEqualTo(2);
        assertThat(turn.last()).isEqualTo(40);
        assertThat(turn.away()).isZero();
    }

    @Test
    void whoNeverWroteAgainCountsWithTheLimit() {
        FailoverTurn turn = turn(1_000, 1, 2, 3);

        assertThat(turn.half()).isEqualTo(2);
        assertThat(turn.last()).isEqualTo(15_000);
        assertThat(turn.away()).isEqualTo(1);
    }

    @Test
    void whoWroteAgainAfterTheLimitIsAway() {
        FailoverTurn turn = turn(1_000, 1, 2, 15_000, 15_001);

        assertThat(turn.last()).isEqualTo(15_000);
        assertThat(turn.away()).isEqualTo(1);
    }

    @Test
    void aWriteWasPossibleWhenAnybodyDidOne() {
        assertThat(FailoverTurn.earliest(10, new long[] {8, 12})).isEqualTo(8);
        assertThat(FailoverTurn.earliest(10, new long[] {11})).isEqualTo(10);
        assertThat(FailoverTurn.earliest(10, new long[0])).isEqualTo(10);
    }

    @Test
    void theVerdictsTakeTheWorstOfTheKillsAndTheMediansOfTheRest() {
        FailoverVerdicts verdicts = new FailoverVerdicts();
        add(verdicts, Kind.KILL, 1, turn(1_000, 1, 2, 3, 40), turn(1_000, 1, 2, 3, 140), turn(1_000, 1, 2, 3, 60));
        add(verdicts, Kind.FREEZE, 1, turn(1_500, 1, 2, 3, 400), turn(1_500, 1, 2, 3, 1_000), turn(1_500, 1, 2, 3));
        add(verdicts, Kind.KILL, null, turn(0, 300, 302, 303, 340), turn(0, 400, 402, 403, 440));

        List<Target> targets = verdicts.targets();
        assertThat(targets.get(0).measured()).isEqualTo(140);
        assertThat(targets.get(0).met()).isFalse();
        assertThat(targets.get(1).measured()).isEqualTo(1_000 - 60);
        assertThat(targets.get(1).met()).isTrue();
        assertThat(targets.get(2).measured()).isCloseTo(350, within(0.001));
        assertThat(targets.subList(3, targets.size()))
                .extracting(Target::measured)
                .containsExactly(0.0, 0.0, 0.0, 0.0, 1.0);
    }

    @Test
    void whatWentWrongInAnyRunIsCounted() {
        FailoverVerdicts verdicts = new FailoverVerdicts();
        FailoverTurn bad = new FailoverTurn(
                0,
                0,
                new long[] {1},
                1,
                Duration.ofSeconds(15),
                2,
                Map.of("a", 3, "b", 4),
                new FailoverRows.Verdict(100, 5, 6),
                8);
        add(verdicts, Kind.KILL, 0, bad, bad);

        assertThat(bad.clean()).isFalse();
        assertThat(verdicts.targets().subList(1, 6))
                .extracting(Target::measured)
                .containsExactly(14.0, 4.0, 10.0, 12.0, 16.0);
    }

    private static void add(FailoverVerdicts verdicts, Kind kind, @Nullable Integer seconds, FailoverTurn... turns) {
        for (FailoverTurn turn : turns) {
            verdicts.add(new FailoverFault(kind, seconds == null ? null : Duration.ofSeconds(seconds)), turn);
        }
    }

    /** @param back in ms */
    private static FailoverTurn turn(long outage, long... back) {
        long possible = outage * MILLI;
        return new FailoverTurn(
                0,
                possible,
                LongStream.of(back).map(ms -> possible + ms * MILLI).toArray(),
                CLIENTS,
                Duration.ofSeconds(15),
                0,
                Map.of(),
                new FailoverRows.Verdict(100, 0, 0),
                0);
    }
}
