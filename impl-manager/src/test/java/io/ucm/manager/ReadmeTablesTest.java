// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ucm.api.BulkheadFullException;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.ModeProfile;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.PoolStats;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Position;
import io.ucm.api.WriteLostException;
import io.ucm.spi.NodeAddress;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of the README say what the code does. */
class ReadmeTablesTest {

    private static final Pattern ATTRIBUTE = Pattern.compile("\\| `([a-z.]+)` \\|([^|]*)\\|.*");

    @Test
    void theClustersAttributesAreComplete() throws IOException {
        assertThat(table("`io.ucm.cluster`:").keySet())
                .isEqualTo(attributes(ClusterConfig.class).keySet());
        assertThat(table("`io.ucm.cluster`:"))
                .containsEntry("driver.class", "`org.postgresql.Driver`")
                .containsEntry("connect.timeout.ms", "10000")
                .containsEntry("tls.mode", "`prefer`");
        assertThat(attributes(ClusterConfig.class))
                .containsEntry("driver.class", "org.postgresql.Driver")
                .containsEntry("connect.timeout.ms", 10_000)
                .containsEntry("tls.mode", "prefer");
    }

    @Test
    void theModesAttributesAreComplete() throws IOException {
        Map<String, String> documented = table("`io.ucm.mode`,");

        assertThat(documented.keySet()).isEqualTo(attributes(ModeConfig.class).keySet());
        attributes(ModeConfig.class)
                .forEach((name, value) ->
                        assertThat(documented.get(name)).as(name).isEqualTo(whose(name)));
    }

    private static String whose(String attribute) {
        if (List.of("cluster", "mode", "based.on", "user", ".password").contains(attribute)) {
            return "";
        }
        return attribute.contains("tls.") ? "the cluster's" : "the mode's";
    }

    @Test
    void theModesAreAsBuiltIn() throws IOException {
        for (String name : BuiltInModes.names()) {
            ModeProfile mode = BuiltInModes.named(name).orElseThrow().profile();
            SizeLimits limits = BuiltInModes.named(name).orElseThrow().limits();
            Care care = BuiltInModes.named(name).orElseThrow().care();
            assertThat(Files.readString(readme()))
                    .containsPattern(
                            "\\| %s \\| [^|]* \\| %d \\(%d–%d\\) \\| %s \\| %s \\| %s \\| %s \\| %s \\| %s \\| %s \\| %s \\| %s \\| %d \\| %s \\|"
                                    .formatted(
                                            name,
                                            mode.poolSize(),
                                            limits.min(),
                                            limits.max(),
                                            shown(mode.acquireTimeout()),
                                            shown(mode.statementTimeout()),
                                            shown(mode.lockTimeout()),
                                            shown(mode.idleInTransactionTimeout()),
                                            mode.defaultAccess(),
                                            shown(care.slowCall()),
                                            shown(care.leakLimit()),
                                            mode.replicaReads() ? "yes" : "no",
                                            mode.priority(),
                                            mode.cacheEntries(),
                                            shown(mode.cacheTimeToLive())));
            assertThat(Files.readString(readme()))
                    .contains(
                            "replaced after %s, less some jitter, gets a keepalive after %s of idleness,"
                                    .formatted(shown(care.maxLifetime()), shown(care.keepalive())),
                            "after %s of it is asked".formatted(shown(care.validateAfterIdle())),
                            "former password is tried for %s".formatted(shown(care.passwordGrace())),
                            "held for %s, and what is still out is closed after %s"
                                    .formatted(shown(care.hold()), shown(care.drainLimit())));
            assertThat(care.borrowTrace()).isFalse();
            assertThat(care.consumerSharePercent()).isZero();
        }
    }

    @Test
    void theDeadlinesAreAsBuiltIn() throws IOException {
        String text = Files.readString(readme()).replace('\n', ' ');

        for (String name : BuiltInModes.names()) {
            ModeProfile mode = BuiltInModes.named(name).orElseThrow().profile();
            assertThat(text).contains("%s in %s".formatted(shown(mode.defaultDeadline()), name));
        }
    }

    @Test
    void theErrorsAreAsTheyAreThrown() throws IOException {
        PoolStats stats = new PoolStats(1, 0, 1, 1);
        Duration time = Duration.ofMillis(1);
        Position position = new Position(1, 1);

        assertErrors(
                new PoolTimeoutException("p", time, stats, null, null),
                new BulkheadFullException("p", time, time, stats),
                new CircuitOpenException("p", "n", time, null),
                new DeadlineExceededException("p", time, "x", null),
                new OutcomeUnknownException("p", "n", null, "x", null),
                new WriteLostException("p", position, position));
    }

    private static void assertErrors(SQLException... errors) throws IOException {
        for (SQLException error : errors) {
            assertThat(Files.readString(readme()))
                    .contains("| `%s` | %s |".formatted(error.getClass().getSimpleName(), error.getSQLState()));
        }
    }

    @Test
    void whatMakesANewPoolIsNamed() throws IOException {
        String text = Files.readString(readme()).replace('\n', ' ');
        Matcher named =
                Pattern.compile("A change of ([^;]*) +opens a new pool beside").matcher(text);

        assertThat(named.find()).isTrue();
        assertThat(Pattern.compile("`([^`]*)`")
                        .matcher(named.group(1))
                        .results()
                        .map(name -> name.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(ChangedSettingsTest.OF_THE_POOL.keySet().stream(), Stream.of("tls.*"))
                                .toList());
    }

    @Test
    void theExampleConfigurationIsTaken() throws IOException {
        String readme = Files.readString(readme());
        int start = readme.indexOf("```json") + "```json".length();
        JsonObject example = JsonParser.parseString(readme.substring(start, readme.indexOf("```", start)))
                .getAsJsonObject();

        ClusterSettings cluster =
                ClusterSettings.of(SettingsTest.ORIGIN, example(example, "io.ucm.cluster~orders", ClusterConfig.class));
        ModeSettings mode =
                ModeSettings.of(SettingsTest.ORIGIN, example(example, "io.ucm.mode~orders-async", ModeConfig.class));

        assertThat(cluster.nodes()).extracting(NodeAddress::id).containsExactly("n1", "n2");
        assertThat(mode.key()).isEqualTo(new ManagerKey(cluster.name(), BuiltInModes.DEFAULT));
    }

    private static <A> A example(JsonObject example, String pid, Class<A> type) {
        Map<String, Object> values = new TreeMap<>();
        example.getAsJsonObject(pid).entrySet().forEach(entry -> {
            assertThat(attributes(type)).containsKey(entry.getKey());
            values.put(entry.getKey().replace('.', '_'), value(entry.getValue()));
        });
        return SettingsTest.config(type, values, Map.of());
    }

    private static Object value(JsonElement value) {
        return value.isJsonArray()
                ? value.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toArray(String[]::new)
                : value.getAsString();
    }

    private static String shown(Duration timeout) {
        if (timeout.isZero()) {
            return "none";
        }
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }

    /** Attribute and default of the rows after a line that begins so. */
    private static Map<String, String> table(String heading) throws IOException {
        List<String> lines = Files.readAllLines(readme());
        int start = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith(heading))
                .findFirst()
                .orElseThrow());
        Map<String, String> rows = new TreeMap<>();
        lines.stream().skip(start + 4).takeWhile(line -> line.startsWith("|")).forEach(line -> {
            Matcher row = ATTRIBUTE.matcher(line);
            assertThat(row.matches()).as(line).isTrue();
            rows.put(row.group(1), row.group(2).strip());
        });
        return rows;
    }

    /** What Declarative Services makes of the annotation's methods, with their defaults. */
    private static Map<String, Object> attributes(Class<?> config) {
        Map<String, Object> attributes = new TreeMap<>();
        attributes.putAll(Arrays.stream(config.getDeclaredMethods())
                .collect(Collectors.toMap(method -> method.getName().replace('_', '.'), ReadmeTablesTest::defaultOf)));
        return attributes;
    }

    private static Object defaultOf(Method method) {
        return method.getDefaultValue() == null ? "" : method.getDefaultValue();
    }

    private static Path readme() {
        return Path.of("..", "README.md");
    }
}
