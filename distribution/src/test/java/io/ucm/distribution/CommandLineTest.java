// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.distribution.CommandLine.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @Test
    void nothingMeansTheShell() throws UsageException {
        assertThat(CommandLine.parse()).isEqualTo(new CommandLine(Action.SHELL, Options.NONE, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpHasThreeNames(String name) throws UsageException {
        assertThat(CommandLine.parse(name).action()).isEqualTo(Action.HELP);
        assertThat(CommandLine.parse("exec", "--help").action()).isEqualTo(Action.HELP);
    }

    @Test
    void execKeepsItsCommandsInOrder() throws UsageException {
        CommandLine line = CommandLine.parse("exec", "ucm:status", "ledger:run --seconds 5");

        assertThat(line.action()).isEqualTo(Action.EXEC);
        assertThat(line.commands()).containsExactly("ucm:status", "ledger:run --seconds 5");
    }

    @Test
    void propertiesComeBeforeTheSubcommand() throws UsageException {
        CommandLine line = CommandLine.parse("-Ducm.a=1=2", "-Ducm.b=", "exec", "-Ducm.c".substring(2));

        assertThat(line.options().properties()).isEqualTo(Map.of("ucm.a", "1=2", "ucm.b", ""));
        assertThat(line.commands()).containsExactly("ucm.c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start           | unknown command 'start'; there are: exec, tour, serve, attach, help",
                "--start         | unknown option '--start'",
                "-Dfile.encoding=x | -Dfile.encoding=x: expected -Ducm.NAME=VALUE",
                "-Ducm.name      | -Ducm.name: expected -Ducm.NAME=VALUE",
                "exec            | exec: no command given"
            })
    void saysWhatIsWrong(String argument, String message) {
        assertThatThrownBy(() -> CommandLine.parse(argument))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void refusesAnEmptyCommandAndOptionsOfExec() {
        assertThatThrownBy(() -> CommandLine.parse("exec", "lb", " ")).hasMessage("exec: a command is empty");
        assertThatThrownBy(() -> CommandLine.parse("exec", "--quiet", "lb"))
                .hasMessage("exec: unknown option '--quiet'");
    }

    @Test
    void optionsStandOnEitherSideOfTheSubcommand() throws UsageException {
        CommandLine line =
                CommandLine.parse("--config", "etc", "-Ducm.a=b", "exec", "--data=d", "--embedded", "one", "--two");

        assertThat(line.options())
                .isEqualTo(new Options(Path.of("etc"), Path.of("d"), true, null, 0, null, Map.of("ucm.a", "b")));
        assertThat(line.commands()).containsExactly("one", "--two");
    }

    @Test
    void aServerHasANameAndAPort() throws UsageException {
        CommandLine line = CommandLine.parse("serve", "--name", "a-1", "--port", "65535");

        assertThat(line.action()).isEqualTo(Action.SERVE);
        assertThat(line.options()).isEqualTo(new Options(null, null, false, "a-1", 65535, null, Map.of()));
    }

    @Test
    void attachNeedsNoCommand() throws UsageException {
        Options options = new Options(null, null, false, "a", 0, Duration.ZERO, Map.of());
        assertThat(CommandLine.parse("attach", "--name", "a", "--wait", "0"))
                .isEqualTo(new CommandLine(Action.ATTACH, options, List.of()));
        assertThat(CommandLine.parse("attach", "one").commands()).containsExactly("one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--config              | --config needs a folder",
                "--config=             | --config needs a folder",
                "--embedded=yes        | --embedded takes no value, but got 'yes'",
                "--data a --data b     | --data is given twice",
                "--name x              | ucm: --name is no option of it, but of serve, attach",
                "exec --port 1 lb      | exec: --port is no option of it, but of serve",
                "attach --config x lb  | attach: --config is no option of it, but of ucm, exec, tour, serve",
                "attach -Ducm.a=b      | attach: -D is no option of it; give it to the server",
                "serve --port 0        | --port '0': expected a number from 1 to 65535",
                "serve --port 65536    | --port '65536': expected a number from 1 to 65535",
                "serve --port x        | --port 'x': expected a number from 1 to 65535",
                "attach --wait -1      | --wait '-1': expected a number from 0 to 3600",
                "serve --wait 1        | serve: --wait is no option of it, but of attach",
                "tour lb               | tour: takes no command, but got 'lb'",
                "serve lb              | serve: takes no command, but got 'lb'; see attach",
                "serve --name a/b      | --name 'a/b': allowed are up to 64 letters, digits, dots, dashes and underscores,"
                        + " the first a letter or digit",
            })
    void namesTheOptionTheValueAndWhatIsAllowed(String arguments, String message) {
        assertThatThrownBy(() -> CommandLine.parse(arguments.split(" ")))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }
}
