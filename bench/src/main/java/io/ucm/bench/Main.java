// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.nio.file.Path;
import java.util.List;

/** {@code bench/run SUITE [--quick]}. */
public final class Main {

    private static final List<Suite> SUITES = List.of(
            new BorrowSuite(),
            new FairnessSuite(),
            new RampSuite(),
            new AutoscaleSuite(),
            new HandoverSuite(),
            new FailoverSuite());
    private static final String QUICK = "--quick";

    private Main() {}

    /** Run with the repository's root as property {@code ucm.bench.root}. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        boolean quick = words.contains(QUICK);
        List<String> names = words.stream().filter(word -> !word.equals(QUICK)).toList();
        if (names.isEmpty() || names.equals(List.of("help"))) {
            System.out.println(usage());
            return;
        }
        Suite suite = SUITES.stream()
                .filter(known -> names.equals(List.of(known.name())))
                .findFirst()
                .orElse(null);
        if (suite == null) {
            System.err.println("bench: no suite " + String.join(" ", names) + "\n" + usage());
            System.exit(2);
            return;
        }
        Path root = Path.of(System.getProperty("ucm.bench.root"));
        Report report = suite.run(new Suite.Run(
                root.resolve("distribution/target/ucm"), root.resolve("bench/target/peers"), quick, System.err));
        System.out.println(report.tables() + "\n\n" + report.verdicts());
        if (quick) {
            System.err.println("bench: " + QUICK + ": nothing was written; its figures are for development only");
        } else {
            new Results(root.resolve("bench")).write(report);
        }
        // Some pools leave threads behind that are no daemons.
        System.exit(0);
    }

    private static String usage() {
        StringBuilder usage = new StringBuilder("bench/run SUITE [" + QUICK + "]\n");
        SUITES.forEach(suite -> usage.append("\n  %-10s %s".formatted(suite.name(), suite.summary())));
        return usage.toString();
    }
}
