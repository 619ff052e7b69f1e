// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher as a user meets it: arguments, streams, signals, exit codes. {@code ucm:ready} is a stand-in's. */
@Execution(ExecutionMode.CONCURRENT)
class LauncherIT {

    private static Path home;

    @BeforeAll
    static void assemble(@TempDir Path folder, @TempDir Path jars) {
        home = AssembledFolder.platformWith(folder, 4, TestBundle.activatedBy(CommandsActivator.class, jars));
    }

    @Test
    void runsCommandsInOrder() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "echo one", "echo two | cat", "ucm:prints")) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stdout()).isEqualTo("one\ntwo\nprinted größer\n");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void printsWhatACommandReturns() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "ucm:returns")) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stdout()).isEqualTo("returned größer\n");
        }
    }

    @Test
    void saysNothingOnStandardErrorButItsStepsAndWhatBundlesSay() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "lb -s | grep felix")) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stderr().lines())
                    .allMatch(line ->
                            line.matches("ucm: (bundles \\d+ installed|services|servers|parts|managers) \\d+\\.\\d s")
                                    || line.matches("a (bundle|thread) (talks|stops)"))
                    .contains("a bundle talks", "a thread talks", "a bundle stops");
            assertThat(ucm.stdout()).contains("org.apache.felix.scr").doesNotContain("\033");
        }
    }

    @Test
    void stopsAtTheFirstFailure() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "echo one", "ucm:boom", "echo two")) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEqualTo("one\n");
            assertThat(ucm.stderr()).contains("ucm: ucm:boom: it went wrong: seven is too many\n");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void failsOnACommandThatIsNotThere() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "ucm:nonsense")) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEmpty();
            assertThat(ucm.stderr()).contains("Command not found");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ucm:takes --secs 5 x   | unknown option '--secs'; see help ucm:takes",
                "ucm:takes x --seconds  | option '--seconds' needs a value; see help ucm:takes",
                "ucm:takes x            | option '--seconds' is missing; see help ucm:takes",
                "ucm:takes -s 5         | wrong arguments; see help ucm:takes",
                "ucm:takes -s five x    | wrong arguments; see help ucm:takes",
                "echo a ; ucm:takes x   | option '--seconds' is missing; see help ucm:takes",
                "takes x y              | option '--seconds' is missing; see help takes",
                "ucm:wait               | option '--seconds' is missing; see help ucm:wait"
            })
    void saysWhatIsWrongWithACommandsArguments(String command, String message) {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "ucm:takes -s 5 x", command)) {
            assertThat(ucm.awaitExit()).isOne();
            assertThat(ucm.stdout()).startsWith("x for 5\n");
            assertThat(ucm.stderr()).contains("ucm: " + command + ": " + message + "\n");
        }
    }

    @Test
    void saysWhyItIsNotReady() {
        try (UcmProcess ucm = UcmProcess.start(home, "-Ducm.test.ready=fail", "exec", "echo one")) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEmpty();
            assertThat(ucm.stderr()).contains("ucm: orders/ADMIN: no node is up\n");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void execNeedsAManagerBundle(@TempDir Path folder) {
        try (UcmProcess ucm = UcmProcess.start(AssembledFolder.platformWith(folder, 4), "exec", "echo one")) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEmpty();
            assertThat(ucm.stderr()).contains("ucm: no manager bundle is installed");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void namesABundleThatDoesNotResolve(@TempDir Path folder, @TempDir Path jars) {
        Path broken = AssembledFolder.platformWith(
                folder,
                4,
                TestBundle.activatedBy(CommandsActivator.class, jars),
                TestBundle.importing("no.such.thing", "broken", jars));

        try (UcmProcess ucm = UcmProcess.start(broken, "exec", "echo one")) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEmpty();
            assertThat(ucm.stderr()).containsPattern("(?m)^ucm: bundle test\\.broken 1\\.0\\.0: .*no\\.such\\.thing");
            ucm.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec|exec: no command given",
                "serf|unknown command 'serf'; there are: exec, tour, serve, attach, help",
                "--serf|unknown option '--serf'"
            })
    void wrongArgumentsAreOneLineAndTheUsage(String argument, String message) {
        try (UcmProcess ucm = UcmProcess.start(home, argument)) {
            assertThat(ucm.awaitExit()).isEqualTo(2);
            assertThat(ucm.stdout()).isEmpty();
            assertThat(ucm.stderr()).startsWith("ucm: " + message + "\nUsage:\n");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void helpGoesToStandardOutput() {
        try (UcmProcess ucm = UcmProcess.start(home, "help")) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stdout()).startsWith("Usage:\n");
            assertThat(ucm.stderr()).isEmpty();
        }
    }

    @Test
    void runsEveryLineOfAPipe() {
        String input = "echo one\n# a comment\n\nucm:boom\necho two\nexit\necho three\n";
        try (UcmProcess ucm = UcmProcess.startWithInput(home, input)) {
            assertThat(ucm.awaitExit()).isEqualTo(1);
            assertThat(ucm.stdout()).isEqualTo("one\ntwo\n");
            assertThat(ucm.stderr()).contains("it went wrong").doesNotContain("\tat ");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void endsAtTheEndOfInput() {
        try (UcmProcess ucm = UcmProcess.startWithInput(home, "echo one")) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stdout()).isEqualTo("one\n");
            ucm.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void aSignalStopsARunningCommand(String signal, int code) {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "ucm:blocks")) {
            ucm.awaitStderr("a command blocks").signal(signal);

            assertThat(ucm.awaitExit()).isEqualTo(code);
            assertThat(ucm.stderr()).contains("a bundle stops").doesNotContain("ucm: ucm:blocks");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void aSignalStopsTheWaitForManagers() {
        try (UcmProcess ucm = UcmProcess.start(home, "-Ducm.test.ready=block", "exec", "echo one")) {
            ucm.awaitStderr("a command blocks").terminate();

            assertThat(ucm.awaitExit()).isEqualTo(143);
            assertThat(ucm.stdout()).isEmpty();
            ucm.assertNothingLeft();
        }
    }

    @Test
    void aSignalStopsABundleThatIsStarting(@TempDir Path folder, @TempDir Path jars) {
        Path blocked = AssembledFolder.platformWith(
                folder,
                5,
                TestBundle.activatedBy(CommandsActivator.class, jars),
                TestBundle.activatedBy(StuckActivator.class, jars));

        try (UcmProcess ucm = UcmProcess.start(blocked, "exec", "echo one")) {
            ucm.awaitStderr("a start blocks").terminate();

            assertThat(ucm.awaitExit()).isEqualTo(143);
            assertThat(ucm.stderr()).contains("a bundle stops").doesNotContain("ucm: bundle test");
            ucm.assertNothingLeft();
        }
    }

    @Test
    void aSignalStopsTheFirstSteps() {
        try (UcmProcess ucm = UcmProcess.start(home, "exec", "echo one")) {
            ucm.awaitStderr("installed").terminate();

            assertThat(ucm.awaitExit()).isEqualTo(143);
            ucm.assertNothingLeft();
        }
    }

    @Test
    void bundleIdsAreEqualInEveryStart() {
        assertThat(ids("exec", "lb -s")).isEqualTo(ids("exec", "lb -s"));
    }

    private static String ids(String... arguments) {
        try (UcmProcess ucm = UcmProcess.start(home, arguments)) {
            assertThat(ucm.awaitExit()).isZero();
            assertThat(ucm.stdout()).contains("org.apache.felix.scr");
            return ucm.stdout();
        }
    }
}
