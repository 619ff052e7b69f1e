// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.FailoverFault.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What UCM promises of a lost primary, held against all that was measured of it. Used by one thread. */
final class FailoverVerdicts {

    private static final double LAST_MS = 100;
    private static final double PROMOTE_MS = 500;
    private static final double SILENT_MS = 1_000;

    private final Map<FailoverFault, List<FailoverTurn>> turns = new LinkedHashMap<>();

    void add(FailoverFault fault, FailoverTurn turn) {
        turns.computeIfAbsent(fault, first -> new ArrayList<>()).add(turn);
    }

    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        turns.forEach((fault, taken) -> {
            if (fault.kind() == Kind.KILL && fault.promotedAfter() != null) {
                targets.add(Target.atMost(
                        "ucm, " + fault.title() + ": last of the clients after the first possible write, ms, worst run",
                        LAST_MS,
                        Sample.of(taken, FailoverTurn::last).max()));
            } else if (fault.kind() == Kind.KILL) {
                targets.add(Target.atMost(
                        "ucm, " + fault.title() + ": next acknowledged write after the kill, ms, median",
                        PROMOTE_MS,
                        Sample.of(taken, FailoverTurn::first).median()));
            } else {
                silent(fault, taken, targets);
            }
        });
        targets.add(Target.atMost("ucm: failed writes, all together", 0, sum(FailoverTurn::failed)));
        targets.add(Target.atMost("ucm: unknown writes, all together", 0, sum(FailoverTurn::unknown)));
        targets.add(Target.atMost(
                "ucm: lost writes, all together", 0, sum(turn -> turn.rows().lost())));
        targets.add(Target.atMost("ucm: duplicated writes, all together", 0, sum(turn -> turn.rows()
                .duplicated())));
        targets.add(Target.atMost(
                "ucm: clients that never wrote again or never ended, all together",
                0,
                sum(turn -> turn.away() + turn.stuck())));
        return targets;
    }

    /** Compared with the kill that was promoted likewise. */
    private void silent(FailoverFault fault, List<FailoverTurn> taken, List<Target> targets) {
        List<FailoverTurn> killed = turns.get(new FailoverFault(Kind.KILL, fault.promotedAfter()));
        if (killed != null) {
            targets.add(Target.atMost(
                    "ucm, " + fault.title() + ": last of the clients later than with kill -9, ms, medians",
                    SILENT_MS,
                    Sample.of(taken, FailoverTurn::last).median()
                            - Sample.of(killed, FailoverTurn::last).median()));
        }
    }

    private double sum(ToDoubleFunction<FailoverTurn> figure) {
        return turns.values().stream().flatMap(List::stream).mapToDouble(figure).sum();
    }
}
