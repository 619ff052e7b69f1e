// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.distribution.CommandLine.Action;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @Test
    void nothingMeansTheShell() throws UsageException {
        assertThat(CommandLine.parse()).isEqualTo(new CommandLine(Action.SHELL, List.of(), Map.of()));
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

        assertThat(line.properties()).isEqualTo(Map.of("ucm.a", "1=2", "ucm.b", ""));
        assertThat(line.commands()).containsExactly("ucm.c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start           | unknown command 'start'",
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
}
