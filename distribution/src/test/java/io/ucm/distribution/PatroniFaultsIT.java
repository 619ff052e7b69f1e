// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ucm.embedded.PatroniCluster;
import io.ucm.embedded.PatroniCluster.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container of docs/patroni.md on three real nodes of Patroni with their PostgreSQL, under load: a host is gone and comes
 * back, then the roles are exchanged by plan. Skipped where Patroni, etcd or PostgreSQL is not installed.
 */
class PatroniFaultsIT {

    private static final int LOOKS = 40;

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void theLedgerGoesOnOverAKilledHostAndASwitchover() throws Exception {
        String obstacle = PatroniCluster.obstacle().orElse(null);
        if (obstacle != null) {
            System.out.println("skipped: PatroniFaultsIT: " + obstacle);
        }
        assumeTrue(obstacle == null, obstacle);
        String page = Files.readString(Path.of("../docs/patroni.md"));
        try (PatroniCluster patroni = PatroniCluster.start(block(page, "yaml"))) {
            patroni.sql(block(page, "sql"));
            writeConfiguration(patroni.translated(block(page, "sh")));
            try (UcmProcess ucm = UcmProcess.start(
                    AssembledFolder.original(),
                    "serve",
                    "--config",
                    folder.resolve("orders").toString(),
                    "--name",
                    "orders")) {
                run(ucm, "ucm:ready");
                attach(page).stream()
                        .filter(commands -> !commands[0].startsWith("ucm:switchover"))
                        .forEach(commands -> run(ucm, commands));
                awaitNodes(ucm, patroni.leader(), "n1", "n2", "n3");

                JsonObject kill = aHostIsGoneAndComesBack(patroni, ucm);
                JsonObject asked = theRolesAreExchangedByUcm(patroni, ucm, page);
                JsonObject switchover = theRolesAreExchanged(patroni, ucm, page);
                assertNothingFailed(kill);
                assertNothingFailed(asked);
                assertNothingFailed(switchover);
            }
        }
    }

    private JsonObject aHostIsGoneAndComesBack(PatroniCluster patroni, UcmProcess ucm) throws Exception {
        String lost = patroni.leader();
        String next = patroni.synchronousStandby();
        run(ucm, "ledger:start --clients 32 --deadline-ms 60000", "ledger:wait --seconds 3");
        patroni.killNode(lost);
        long killed = System.nanoTime();
        patroni.await(next + " leads", members -> members.stream()
                .anyMatch(m -> m.leads() && m.name().equals(next)));
        long led = millisSince(killed);
        run(ucm, "ledger:wait --seconds 5");
        String[] left = List.of("n1", "n2", "n3").stream()
                .filter(node -> !node.equals(lost))
                .toArray(String[]::new);
        awaitNodes(ucm, next, left);

        patroni.startNode(lost);
        patroni.await(lost + " follows", follows(lost));
        awaitNodes(ucm, next, "n1", "n2", "n3");
        run(ucm, "ledger:wait --seconds 3");
        return judge("kill of the primary's host", led, ucm);
    }

    /** Not with the replica that may lack what was acknowledged, but with the other one. */
    private JsonObject theRolesAreExchangedByUcm(PatroniCluster patroni, UcmProcess ucm, String page) throws Exception {
        awaitSynchronousStandby(patroni);
        String before = patroni.leader();
        String after = patroni.synchronousStandby();
        String asynchronous = List.of("n1", "n2", "n3").stream()
                .filter(node -> !node.equals(before) && !node.equals(after))
                .findFirst()
                .orElseThrow();
        run(ucm, "ledger:start --clients 32 --deadline-ms 60000", "ledger:wait --seconds 3");
        try (UcmProcess attached = ucm.attach("ucm:switchover " + asynchronous)) {
            assertThat(attached.awaitExit()).isNotZero();
            assertThat(attached.stdout() + attached.stderr()).contains("it may lack what was acknowledged");
        }
        assertThat(patroni.leader()).isEqualTo(before);

        String command = command(page, "ucm:switchover").replace("n2", after) + " --json";
        JsonObject report = JsonParser.parseString(run(ucm, command)).getAsJsonObject();
        System.out.println("patroni: ucm:switchover: " + report);
        assertThat(patroni.leader()).isEqualTo(after);
        assertThat(report.get("from").getAsString()).isEqualTo(before);
        assertThat(report.get("oldCameBack").getAsString()).isEqualTo("streams");
        assertThat(report.get("pauseMs").getAsLong())
                .isBetween(1L, report.get("totalMs").getAsLong());
        awaitNodes(ucm, after, "n1", "n2", "n3");
        run(ucm, "ledger:wait --seconds 3");
        return judge("ucm:switchover", report.get("pauseMs").getAsLong(), ucm);
    }

    private static void awaitSynchronousStandby(PatroniCluster patroni) throws Exception {
        patroni.await("a synchronous standby", members -> members.stream()
                .anyMatch(m -> m.role().equals("sync_standby")));
    }

    private JsonObject theRolesAreExchanged(PatroniCluster patroni, UcmProcess ucm, String page) throws Exception {
        awaitSynchronousStandby(patroni);
        String before = patroni.leader();
        String after = patroni.synchronousStandby();
        run(ucm, "ledger:start --clients 32 --deadline-ms 60000", "ledger:wait --seconds 3");
        long began = System.nanoTime();
        patroni.patronictl(switchover(page, before, after));
        long led = millisSince(began);
        patroni.await(before + " follows", follows(before));
        awaitNodes(ucm, after, "n1", "n2", "n3");
        run(ucm, "ledger:wait --seconds 3");
        return judge("switchover", led, ucm);
    }

    /** On the leader's timeline. */
    private static Predicate<List<Member>> follows(String node) {
        return members -> {
            Integer current = members.stream()
                    .filter(Member::leads)
                    .map(Member::timeline)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(-1);
            return members.stream().anyMatch(m -> m.name().equals(node) && m.runs() && current.equals(m.timeline()));
        };
    }

    /** Ends the load; nothing may be lost, doubled or stale. */
    private static JsonObject judge(String fault, long ledMs, UcmProcess ucm) {
        try (UcmProcess attached = ucm.attach("ledger:report --json")) {
            attached.awaitExit();
            String json = attached.stdout()
                    .lines()
                    .filter(line -> line.startsWith("{"))
                    .findFirst()
                    .orElseThrow();
            System.out.printf("patroni: %s: another node led after %d ms; the ledger: %s%n", fault, ledMs, json);
            JsonObject report = JsonParser.parseString(json).getAsJsonObject();
            assertThat(report.get("acknowledged").getAsLong()).isPositive();
            for (String count : List.of("lost", "duplicated", "staleReads")) {
                assertThat(report.get(count).getAsLong()).as(count).isZero();
            }
            return report;
        }
    }

    /** The delivery's promise: what was in flight when the primary was lost is done once, within its deadline of 60 s. */
    private static void assertNothingFailed(JsonObject report) {
        assertThat(report.get("failed").getAsLong() + report.get("unknown").getAsLong())
                .as("failed or unknown: %s", report)
                .isZero();
    }

    /** These are the cluster's nodes, all are up, and that one takes the writes. */
    private void awaitNodes(UcmProcess ucm, String primary, String... nodes) {
        String json = "";
        for (int i = 0; i < LOOKS; i++) {
            json = run(ucm, "ucm:topology --json");
            JsonObject topology = JsonParser.parseString(json).getAsJsonObject();
            List<JsonElement> seen = StreamSupport.stream(
                            topology.getAsJsonArray("nodes").spliterator(), false)
                    .toList();
            boolean same = List.of(nodes)
                    .equals(seen.stream()
                            .map(node -> node.getAsJsonObject().get("id").getAsString())
                            .toList());
            boolean up = seen.stream()
                    .allMatch(node ->
                            node.getAsJsonObject().get("state").getAsString().equals("UP"));
            JsonElement now = topology.getAsJsonObject("epoch").get("primary");
            if (same && up && !now.isJsonNull() && now.getAsString().equals(primary)) {
                return;
            }
        }
        throw new AssertionError("not after %d looks: the nodes %s, %s the primary; but: %s; Patroni: %s"
                .formatted(LOOKS, List.of(nodes), primary, json, run(ucm, "ucm:why")));
    }

    private static String run(UcmProcess ucm, String... commands) {
        try (UcmProcess attached = ucm.attach(commands)) {
            assertThat(attached.awaitExit())
                    .as("%s%n%s", attached.stdout(), attached.stderr())
                    .isZero();
            return attached.stdout();
        }
    }

    private void writeConfiguration(String commands) throws Exception {
        Path out = folder.resolve("out.txt");
        Process bash = new ProcessBuilder("bash", "-e", "-c", commands)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(bash.waitFor()).as(Files.readString(out)).isZero();
    }

    /** What is in the page's blocks of that language. */
    private static String block(String page, String language) {
        Matcher blocks = Pattern.compile("(?s)```" + language + "\\R(.*?)```").matcher(page);
        return blocks.results().map(block -> block.group(1)).collect(Collectors.joining("\n"));
    }

    /** The commands that the page gives to the running container. */
    private static List<String[]> attach(String page) {
        List<String[]> lines = Pattern.compile("(?m)^\\./ucm attach --name orders (.*)$")
                .matcher(block(page, "console"))
                .results()
                .map(line -> Pattern.compile("'([^']*)'")
                        .matcher(line.group(1))
                        .results()
                        .map(command -> command.group(1))
                        .toArray(String[]::new))
                .toList();
        assertThat(lines).isNotEmpty();
        return lines;
    }

    private static String command(String page, String name) {
        return attach(page).stream()
                .flatMap(Arrays::stream)
                .filter(command -> command.startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    /** The page's switchover from n1 to n2, from and to others. */
    private static String[] switchover(String page, String from, String to) {
        Matcher line =
                Pattern.compile("(?m)^patronictl -c \\S+ (switchover .*)$").matcher(block(page, "console"));
        assertThat(line.find()).isTrue();
        return Arrays.stream(line.group(1).split(" "))
                .map(word -> word.equals("n1") ? from : word.equals("n2") ? to : word)
                .toArray(String[]::new);
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
