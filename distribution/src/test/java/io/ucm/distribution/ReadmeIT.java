// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows compiles and runs as written. */
class ReadmeIT {

    private static final Path README = Path.of("..", "README.md");
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @Test
    void itsCommandsRun() throws IOException {
        List<String> commands = blocks("sh").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("./ucm exec "))
                .toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            String[] arguments = arguments(command.substring("./ucm ".length()));
            try (UcmProcess ucm = UcmProcess.start(AssembledFolder.original(), arguments)) {
                assertThat(ucm.awaitExit()).as(command + ": " + ucm.stderr()).isZero();
                assertThat(ucm.stdout()).contains("answer\n------\n    42");
                ucm.assertNothingLeft();
            }
        }
    }

    @Test
    void itsClassesCompile(@TempDir Path classes) throws IOException {
        List<Source> sources = blocks("java").stream().map(Source::of).toList();
        assertThat(sources).hasSize(2);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();

        boolean compiled = compiler.getTask(
                        null, null, problems, List.of("-d", classes.toString(), "-proc:none"), null, sources)
                .call();

        assertThat(problems.getDiagnostics())
                .filteredOn(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .isEmpty();
        assertThat(compiled).isTrue();
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        static Source of(String text) {
            Matcher name = Pattern.compile("public class (\\w+)").matcher(text);
            assertThat(name.find()).isTrue();
            return new Source(name.group(1), text);
        }

        private Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        return matcher.results().map(result -> result.group(1)).toList();
    }

    /** As a shell splits the line, as far as the README's lines need it. */
    private static String[] arguments(String line) {
        List<String> arguments = new ArrayList<>();
        Matcher matcher = QUOTED.matcher(line);
        while (matcher.find()) {
            arguments.add(Arrays.asList(matcher.group(1), matcher.group(2), matcher.group(3)).stream()
                    .filter(part -> part != null)
                    .findFirst()
                    .orElseThrow());
        }
        return arguments.toArray(new String[0]);
    }
}
