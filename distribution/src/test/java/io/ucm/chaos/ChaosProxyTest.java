// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import static io.ucm.chaos.Way.TO_CLIENT;
import static io.ucm.chaos.Way.TO_SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ChaosProxyTest {

    private static final int SILENCE_MS = 100;
    private static final int LIMIT_MS = 5_000;

    private final EchoServer server = new EchoServer();
    private final ChaosProxy proxy = new ChaosProxy(server.port());

    @AfterEach
    void leavesNoThread() {
        proxy.close();
        server.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("chaos-proxy-" + server.port()));
    }

    @Test
    void passesBytesAndEnds() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        server.awaitConnections(0);
        awaitLinks(0);
    }

    @Test
    void passesMuchAtOnce() throws Exception {
        byte[] much = new byte[8_000_000];
        much[much.length - 1] = 7;
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> write(client, much));
            writer.start();
            assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
            writer.join();
        }
    }

    @Test
    void cutClosesAndRefusesUntilItPasses() throws IOException {
        try (Socket client = connect()) {
            echo(client, "hello");
            proxy.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            server.awaitConnections(0);
        }
        proxy.pass();
        try (Socket again = connect()) {
            assertThat(echo(again, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void whatIsFrozenGoesOnAfterwards() throws IOException {
        try (Socket client = connect();
                Socket ends = connect()) {
            echo(client, "hello");
            echo(ends, "hello");
            proxy.freeze();
            write(client, "later");
            ends.close();
            try (Socket fresh = connect()) {
                write(fresh, "fresh");
                assertSilent(client);
                assertSilent(fresh);
                assertThat(server.connections()).isEqualTo(2);
                proxy.pass();
                assertThat(read(client, 5)).isEqualTo("later");
                assertThat(read(fresh, 5)).isEqualTo("fresh");
                server.awaitConnections(2);
            }
        }
    }

    @Test
    void whatIsDroppedNeverArrivesAndNobodyIsTold() throws IOException {
        try (Socket client = connect()) {
            echo(client, "hello");
            proxy.drop(TO_SERVER, TO_CLIENT);
            write(client, "lost");
            assertSilent(client);
            proxy.pass();
            write(client, "lost too");
            assertSilent(client);
            try (Socket fresh = connect()) {
                assertThat(echo(fresh, "fresh")).isEqualTo("fresh");
            }
        }
        server.awaitConnections(1);
        assertThat(server.received()).doesNotContain("lost");
        assertThat(proxy.connections()).isPositive();
        proxy.reset();
        server.awaitConnections(0);
    }

    @Test
    void dropsOneWayOnly() throws IOException {
        try (Socket client = connect()) {
            echo(client, "hello");
            proxy.drop(TO_CLIENT);
            write(client, "heard");
            assertSilent(client);
            assertThat(server.received()).endsWith("heard");
            server.closeAll();
            assertSilent(client);
        }
        awaitLinks(0);
    }

    @Test
    void delaysEachWay() throws IOException {
        try (Socket client = connect()) {
            echo(client, "hello");
            proxy.slow(TO_SERVER, Duration.ofMillis(60));
            proxy.slow(TO_CLIENT, Duration.ofMillis(40));
            long begin = System.nanoTime();
            assertThat(echo(client, "later")).isEqualTo("later");
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertThat(tookMs).isBetween(100L, 1_000L);
        }
    }

    @Test
    void resetIsAReset() throws IOException {
        try (Socket client = connect()) {
            echo(client, "hello");
            proxy.reset();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        server.awaitConnections(0);
        try (Socket again = connect()) {
            assertThat(echo(again, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void aServerThatDoesNotListenIsAReset() throws IOException {
        server.close();
        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LIMIT_MS);
        return socket;
    }

    private static String echo(Socket client, String text) throws IOException {
        write(client, text);
        return read(client, text.length());
    }

    private static void write(Socket client, String text) {
        write(client, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Socket client, int length) throws IOException {
        client.setSoTimeout(LIMIT_MS);
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    private void awaitLinks(int count) {
        EchoServer.await(() -> proxy.connections() == count);
    }
}
