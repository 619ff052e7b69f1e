// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code serve} and {@code attach} as a user meets them. The commands are a stand-in's, there are no servers. */
@Execution(ExecutionMode.CONCURRENT)
class AttachIT {

    private static Path home;

    @BeforeAll
    static void assemble(@TempDir Path folder, @TempDir Path jars) {
        home = AssembledFolder.platformWith(folder, 4, TestBundle.activatedBy(CommandsActivator.class, jars));
    }

    @Test
    void runsCommandsAndLeavesTheServerRunning() {
        try (UcmProcess server = serve()) {
            for (int i = 0; i < 2; i++) {
                try (UcmProcess client = server.beside(home, "attach", "echo one", "ucm:prints", "ucm:returns")) {
                    assertThat(client.awaitExit()).as(client.stderr()).isZero();
                    assertThat(client.stdout()).isEqualTo("one\nprinted größer\nreturned größer\n");
                    assertThat(client.stderr()).isEmpty();
                }
            }
            assertStops(server);
        }
    }

    @Test
    void stopsAtTheFirstFailure() {
        try (UcmProcess server = serve();
                UcmProcess client = server.beside(home, "attach", "echo one", "ucm:boom", "echo two")) {
            assertThat(client.awaitExit()).isOne();
            assertThat(client.stdout()).isEqualTo("one\n");
            assertThat(client.stderr()).isEqualTo("ucm: ucm:boom: it went wrong: seven is too many\n");
        }
    }

    @Test
    void runsTheLinesOfItsInput() {
        String input = "echo one\n# a comment\n\nucm:boom\necho two\nexit\necho three\n";
        try (UcmProcess server = serve();
                UcmProcess client = server.besideWithInput(home, input, "attach")) {
            assertThat(client.awaitExit()).isOne();
            assertThat(client.stdout()).isEqualTo("one\ntwo\n");
            assertThat(client.stderr()).contains("it went wrong");
            assertStops(server);
        }
    }

    @Test
    void commandsReadTheClientsInput() {
        try (UcmProcess server = serve();
                UcmProcess client = server.besideWithInput(home, "größer\n", "attach", "cat", "echo end")) {
            assertThat(client.awaitExit()).as(client.stderr()).isZero();
            assertThat(client.stdout()).isEqualTo("größer\nend\n");
        }
    }

    @Test
    void waitsForAServerThatIsOnlyJustStarting() {
        try (UcmProcess server = UcmProcess.start(home, "serve");
                UcmProcess client = server.beside(home, "attach", "echo one")) {
            assertThat(client.awaitExit()).as(client.stderr()).isZero();
            assertThat(client.stdout()).isEqualTo("one\n");
            assertStops(server.awaitStderr("ucm: ready"));
        }
    }

    @Test
    void theClientsEndInterruptsItsCommandOnly() {
        try (UcmProcess server = serve();
                UcmProcess client = server.beside(home, "attach", "ucm:blocks");
                UcmProcess other = server.beside(home, "attach", "ucm:blocks")) {
            client.awaitStderr("a command blocks");
            other.awaitStderr("a command blocks");

            client.signal("INT");

            assertThat(client.awaitExit()).isEqualTo(130);
            await().atMost(Duration.ofSeconds(10)).until(() -> blocked(server).equals("1\n"));
            other.signal("KILL").awaitExit();
            await().atMost(Duration.ofSeconds(10)).until(() -> blocked(server).equals("0\n"));
            assertStops(server);
        }
    }

    @Test
    void saysThatTheServerStoppedWhileACommandRan() {
        try (UcmProcess server = serve();
                UcmProcess client = server.beside(home, "attach", "ucm:blocks")) {
            client.awaitStderr("a command blocks");

            assertStops(server);

            assertThat(client.awaitExit()).isOne();
            assertThat(client.stderr())
                    .contains("ucm: attach: the server 'default' (process " + server.pid())
                    .contains("stopped before this was done\n");
        }
    }

    @Test
    void saysThatTheServerWasKilledAndThatNoneIsRunning() {
        try (UcmProcess server = serve();
                UcmProcess client = server.beside(home, "attach", "ucm:blocks")) {
            client.awaitStderr("a command blocks");
            server.signal("KILL").awaitExit();

            assertThat(client.awaitExit()).isOne();
            assertThat(client.stderr()).contains("stopped before this was done\n");

            try (UcmProcess late = server.beside(home, "attach", "--wait", "1", "echo one")) {
                assertThat(late.awaitExit()).isOne();
                assertThat(late.stderr())
                        .contains("no server is running yet; waiting up to 1 s for one\n")
                        .endsWith("ucm: attach: no server is running (default was killed);"
                                + " start one with: ucm serve\n");
            }
            try (UcmProcess early = server.beside(home, "attach", "echo one")
                            .awaitStderr("no server is running yet; waiting up to 10 s for one\n");
                    UcmProcess next = server.beside(home, "serve").awaitStderr("ucm: ready")) {
                assertThat(early.awaitExit()).as(early.stderr()).isZero();
                assertThat(early.stdout()).isEqualTo("one\n");
                assertThat(blocked(server)).isEqualTo("0\n");
                assertThat(next.terminate().awaitExit()).isZero();
                server.assertNothingLeft();
            }
        }
    }

    @Test
    void namesTellServersApart() {
        try (UcmProcess server = serve();
                UcmProcess other = server.beside(home, "serve", "--name", "b").awaitStderr("ucm: ready: 'b'")) {
            String instance = attached(server, "--name", "b", "ucm:where");
            assertThat(instance).isNotEqualTo(attached(server, "--name", "default", "ucm:where"));

            try (UcmProcess client = server.beside(home, "attach", "echo one")) {
                assertThat(client.awaitExit()).isOne();
                assertThat(client.stderr())
                        .isEqualTo("ucm: attach: several servers are running; choose with --name one of: b, default\n");
            }
            try (UcmProcess client = server.beside(home, "attach", "--name", "c", "--wait", "0", "echo one")) {
                assertThat(client.awaitExit()).isOne();
                assertThat(client.stderr())
                        .endsWith("ucm: attach: no server 'c' is running; there are: b, default;"
                                + " start one with: ucm serve --name c\n");
            }
            try (UcmProcess third = server.beside(home, "serve", "--name", "b")) {
                assertThat(third.awaitExit()).isOne();
                assertThat(third.stderr())
                        .isEqualTo("ucm: serve: the name 'b' is taken by the server of process " + other.pid()
                                + "; choose another with --name\n");
            }
            assertThat(server.terminate().awaitExit()).isZero();
            assertThat(attached(server, "ucm:where")).isEqualTo(instance);
            assertThat(other.terminate().awaitExit()).isZero();
            server.assertNothingLeft();
        }
    }

    @Test
    void namesAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                UcmProcess server = UcmProcess.start(home, "serve", "--port", String.valueOf(taken.getLocalPort()))) {
            assertThat(server.awaitExit()).isOne();
            assertThat(server.stderr())
                    .startsWith("ucm: serve: --port " + taken.getLocalPort() + ": cannot listen on 127.0.0.1 (")
                    .contains("; choose another, or leave --port out for any free one");
            assertThat(server.stderr().lines()).hasSize(1);
            server.assertNothingLeft();
        }
    }

    @Test
    void onlyItsUserCanReadTheTokenAndNobodyGetsInWithoutIt() throws IOException {
        try (UcmProcess server = serve()) {
            Path address = address(server);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.getParent())))
                    .isEqualTo("rwx------");
            List<String> lines = Files.readAllLines(address);
            assertThat(server.stderr()).doesNotContain(lines.get(2));

            String wrong = "0".repeat(lines.get(2).length());
            Files.write(address, List.of(lines.get(0), lines.get(1), wrong));
            try (UcmProcess client = server.beside(home, "attach", "echo one")) {
                assertThat(client.awaitExit()).isOne();
                assertThat(client.stdout()).isEmpty();
                assertThat(client.stderr())
                        .startsWith("ucm: attach: the server 'default' (process " + server.pid())
                        .endsWith(" refused the token that is in " + address + "\n");
            }
            Files.write(address, lines);
            assertThat(attached(server, "echo one")).isEqualTo("one\n");
        }
    }

    @Test
    void cutsOffWhoSaysNothingAndWhoSaysTooMuch() throws IOException {
        try (UcmProcess server = serve()) {
            int port = Integer.parseInt(Files.readAllLines(address(server)).get(1));
            try (Socket silent = new Socket("127.0.0.1", port);
                    Socket loud = new Socket("127.0.0.1", port)) {
                silent.setSoTimeout(20_000);
                loud.setSoTimeout(20_000);
                loud.getOutputStream().write(Frames.HELLO);
                loud.getOutputStream().write(Token.random().bytes());
                assertThat(loud.getInputStream().read()).isEqualTo(Frames.REFUSED);
                assertThat(loud.getInputStream().read()).isEqualTo(-1);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void refusesAFolderThatOthersCanEnter() throws IOException {
        try (UcmProcess server = serve()) {
            Path folder = address(server).getParent();
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            try (UcmProcess client = server.beside(home, "attach", "echo one")) {
                assertThat(client.awaitExit()).isOne();
                assertThat(client.stderr())
                        .isEqualTo("ucm: attach: " + folder + " can be entered by others; chmod 700 it\n");
            }
        }
    }

    @Test
    void aServerThatIsNotReadySaysWhyAndStays() {
        try (UcmProcess server = UcmProcess.start(home, "-Ducm.test.ready=fail", "serve")) {
            server.awaitStderr("ucm: orders/ADMIN: no node is up\n")
                    .awaitStderr("ucm: not ready; running all the same as 'default'");

            assertThat(attached(server, "echo one")).isEqualTo("one\n");
            assertStops(server);
        }
    }

    @Test
    void aServerThatStartsCanBeAttachedToButRunsNoCommandsYet() {
        try (UcmProcess server = UcmProcess.start(home, "-Ducm.test.ready=block", "serve")) {
            server.awaitStderr("a command blocks");
            try (UcmProcess lines = server.besideWithInput(home, "echo one\n", "attach");
                    UcmProcess commands = server.beside(home, "attach", "echo one")) {
                assertThat(lines.awaitExit()).as(lines.stderr()).isZero();
                commands.awaitStderr("is still starting; waiting up to 60 s");
                try (UcmProcess hasty = server.beside(home, "attach", "--wait", "1", "echo one")) {
                    assertThat(hasty.awaitExit()).isOne();
                    assertThat(hasty.stderr())
                            .contains("is still starting; waiting up to 1 s\n")
                            .endsWith("is still starting after 1 s; what it waits for is in its own output\n");
                }
                assertStops(server);
                assertThat(commands.awaitExit()).isOne();
                assertThat(commands.stdout()).isEmpty();
            }
        }
    }

    @Test
    void stoppingTheFrameworkEndsTheServer() {
        try (UcmProcess server = serve()) {
            try (UcmProcess client = server.beside(home, "attach", "stop 0")) {
                client.awaitExit();
            }
            assertThat(server.awaitExit()).isZero();
            server.assertNothingLeft();
        }
    }

    @Test
    void isAShellOnATerminal() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
        try (UcmProcess server = serve();
                UcmProcess client = server.besideOnTerminal(home, "attach")) {
            client.awaitStdout("ucm> ").type("ucm:ret\t\r").awaitStdout("returned größer");

            client.type("ucm:blocks\r").awaitStdout("a command blocks").type("\3");
            await().atMost(Duration.ofSeconds(10)).until(() -> blocked(server).equals("0\n"));

            client.type("exit\r");
            assertThat(client.awaitExit()).as(client.stdout()).isZero();
            assertThat(client.stdout()).contains("exit leaves it running");
            assertStops(server);
        }
    }

    private static UcmProcess serve() {
        return UcmProcess.start(home, "serve").awaitStderr("ucm: ready: 'default' (process ");
    }

    private static void assertStops(UcmProcess server) {
        assertThat(server.terminate().awaitExit()).as(server.stderr()).isZero();
        assertThat(server.stdout()).isEmpty();
        server.assertNothingLeft();
    }

    private static String blocked(UcmProcess server) {
        return attached(server, "ucm:blocked");
    }

    private static String attached(UcmProcess server, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "attach";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (UcmProcess client = server.beside(home, all)) {
            assertThat(client.awaitExit()).as(client.stderr()).isZero();
            return client.stdout();
        }
    }

    private static Path address(UcmProcess server) throws IOException {
        return ServerFolder.of(null, server.temporary()).addressFile("default");
    }
}
