// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private final List<String> heard = new ArrayList<>();
    private boolean hearsQuestions;
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

    @Test
    void noticesACommitOfItsOwn() {
        start();
        message('Q', "BEGIN\0");
        message('Q', "COMMIT\0");
        message('Q', " commit ; \0");
        message('Q', "ROLLBACK\0");

        assertThat(clientSays()).containsExactly("encryption", "start", "commit", "commit");
    }

    @Test
    void noticesACommitBehindOthers() {
        start();
        message('Q', "INSERT INTO t VALUES (1); COMMIT\0");
        message('Q', "INSERT INTO t VALUES ('COMMIT')\0");
        message('Q', "COMMIT; SELECT 1\0");

        assertThat(clientSays()).containsExactly("encryption", "start", "commit");
    }

    @Test
    void noticesAStatementThatWasPreparedBefore() {
        start();
        message('P', "S_1\0COMMIT\0\0\0");
        message('P', "S_2\0SELECT 1\0\0\0");
        execute("", "S_1");
        execute("C_2", "S_2");
        execute("", "S_1");
        message('C', "SS_1\0");
        execute("", "S_1");

        assertThat(clientSays()).containsExactly("encryption", "start", "commit", "commit");
    }

    /** Several statements may be sent before the answers to all of them are asked for. */
    @Test
    void noticesWhenAnAnswerIsAskedFor() {
        hearsQuestions = true;
        start();
        message('Q', "BEGIN\0");
        message('P', "S_1\0COMMIT\0\0\0");
        message('E', "\0\0\0\0\0");
        message('S', "");

        assertThat(clientSays()).containsExactly("encryption", "start", "asks", "asks");
    }

    @Test
    void knowsWhoOnlyCancels() {
        typeless(80_877_102, "pid and key");

        assertThat(clientSays()).containsExactly("cancel");
    }

    @Test
    void staysInStepWithWhatIsLongerThanItKeeps() {
        start();
        message('Q', "x".repeat(100_000) + "\0");
        message('Q', "COMMIT\0");

        assertThat(clientSays()).containsExactly("encryption", "start", "commit");
    }

    @Test
    void noticesWhenTheServerIsReadyAndHasCommitted() {
        stream.write('N');
        message('R', "\0\0\0\0");
        message('Z', "I");
        message('C', "INSERT 0 1\0");
        message('Z', "T");
        message('C', "COMMIT\0");
        message('Z', "I");
        message('E', "SERROR\0\0");
        message('Z', "E");

        assertThat(serverSays()).containsExactly("ready", "ready", "ready", "committed", "ready", "committed");
    }

    private void start() {
        typeless(80_877_103, "");
        typeless(196_608, "user\0me\0\0");
    }

    private void execute(String portal, String statement) {
        message('B', portal + '\0' + statement + "\0\0\0");
        message('E', portal + "\0\0\0\0\0");
        message('S', "");
    }

    private void typeless(int code, String body) {
        stream.writeBytes(
                ByteBuffer.allocate(8).putInt(8 + body.length()).putInt(code).array());
        stream.writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void message(char type, String body) {
        stream.write(type);
        stream.writeBytes(ByteBuffer.allocate(4).putInt(4 + body.length()).array());
        stream.writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private List<String> clientSays() {
        return inPieces(() -> new ClientMessages(new ClientMessages.Listener() {
            @Override
            public void wantsEncryption() {
                heard.add("encryption");
            }

            @Override
            public void starts() {
                heard.add("start");
            }

            @Override
            public void cancels() {
                heard.add("cancel");
            }

            @Override
            public void commits() {
                heard.add("commit");
            }

            @Override
            public void asks() {
                if (hearsQuestions) {
                    heard.add("asks");
                }
            }
        }));
    }

    private List<String> serverSays() {
        return inPieces(() -> {
            ServerMessages messages = new ServerMessages(() -> heard.add("ready"), () -> heard.add("committed"));
            messages.expectSingleByte();
            return messages;
        });
    }

    /** The same whether it comes at once or in pieces of any length. */
    private List<String> inPieces(java.util.function.Supplier<Messages> fresh) {
        byte[] all = stream.toByteArray();
        fresh.get().see(ByteBuffer.wrap(all));
        List<String> atOnce = List.copyOf(heard);
        for (int length : new int[] {1, 2, 3, 5, 7, 11}) {
            heard.clear();
            Messages messages = fresh.get();
            for (int i = 0; i < all.length; i += length) {
                messages.see(ByteBuffer.wrap(all, i, Math.min(length, all.length - i)));
            }
            assertThat(heard).as("in pieces of %d", length).isEqualTo(atOnce);
        }
        return atOnce;
    }
}
