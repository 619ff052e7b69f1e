// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;

/** Shows what UCM is there for: the ledger works, parts are exchanged meanwhile, and a table tells what its clients noticed. */
final class Tour {

    private static final String LOAD = "ledger:start --clients 32 --deadline-ms 20000";
    private static final String HEADER = "%-44s %9s %7s %5s %11s %17s";
    private static final String ROW = "%-44s %,9d %7d %5d %11d %,17.0f";

    /** What happens to the container while the ledger works. */
    private record Stop(String title, List<String> commands) {}

    /** What the ledger's clients noticed of it. */
    private record Noticed(String title, String report) {

        private long count(String field) {
            return (long) number(field);
        }

        private double longestStallMs() {
            return number("max");
        }

        private double number(String field) {
            Matcher number = Pattern.compile('"' + field + "\":([0-9.]+)").matcher(report);
            if (!number.find()) {
                throw new IllegalStateException("the ledger's report has no '" + field + "': " + report);
            }
            return Double.parseDouble(number.group(1));
        }

        private boolean clean() {
            return Stream.of("failed", "unknown", "lost", "duplicated", "staleReads")
                    .allMatch(field -> count(field) == 0);
        }
    }

    private final BundleContext context;
    private final Home home;
    private final Progress progress;

    Tour(BundleContext context, Home home, Progress progress) {
        this.context = context;
        this.home = home;
        this.progress = progress;
    }

    /** Whether nobody noticed anything but a pause. Blocks for less than a minute. */
    boolean run(PrintStream out) throws Exception {
        List<Noticed> all = new ArrayList<>();
        for (Stop stop : stops()) {
            progress.say(stop.title() + " …");
            all.add(new Noticed(stop.title(), report(stop)));
        }
        out.println(HEADER.formatted(
                "while 32 clients read and wrote", "requests", "failed", "lost", "duplicated", "longest stall ms"));
        out.println("-".repeat(HEADER.formatted("", "", "", "", "", "").length()));
        for (Noticed noticed : all) {
            out.println(ROW.formatted(
                    noticed.title(),
                    noticed.count("requests"),
                    noticed.count("failed"),
                    noticed.count("lost"),
                    noticed.count("duplicated"),
                    noticed.longestStallMs()));
        }
        return all.stream().allMatch(Noticed::clean);
    }

    private List<Stop> stops() throws IOException {
        return List.of(
                new Stop("nothing else happened", List.of("ledger:wait --seconds 2")),
                new Stop(
                        "the pool was exchanged, and back",
                        List.of("ucm:swap pool io.ucm.pool.agroal", "ledger:wait --seconds 1", "ucm:swap pool auto")),
                new Stop(
                        "the driver was exchanged, and back",
                        List.of(
                                "ucm:swap driver \"" + previousDriver() + '"',
                                "ledger:wait --seconds 1",
                                "ucm:swap driver auto")),
                new Stop(
                        "the pool's bundle was updated in place",
                        List.of("felix:update io.ucm.pool", "ledger:wait --seconds 2")),
                new Stop(
                        "n1 and n2 exchanged their roles by plan",
                        List.of("ucm:switchover n2", "ledger:wait --seconds 1")),
                new Stop(
                        "the primary was killed, and brought back",
                        List.of("embedded:kill n2", "ledger:wait --seconds 2", "embedded:rejoin n2")),
                new Stop(
                        "the primary's host stopped answering",
                        List.of("embedded:freeze primary", "ledger:wait --seconds 3")));
    }

    private Path previousDriver() throws IOException {
        try (Stream<Path> all = Files.list(home.folder().resolve("alternatives"))) {
            return all.filter(file -> file.getFileName().toString().startsWith("postgresql-"))
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException("no driver in " + home.folder().resolve("alternatives")));
        }
    }

    /** The ledger's, as one line of JSON, whatever it says. */
    private String report(Stop stop) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (ShellSession shell = ShellSession.open(context, InputStream.nullInputStream(), printed, printed)) {
            shell.execute(LOAD);
            shell.execute("ledger:wait --seconds 1");
            for (String command : stop.commands()) {
                shell.execute(command);
            }
            shell.execute("ledger:wait --seconds 1");
            try {
                return String.valueOf(shell.execute("ledger:report --json"));
            } catch (IllegalStateException unclean) {
                return printed.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
