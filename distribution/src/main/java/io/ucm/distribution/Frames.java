// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One side of the conversation between {@code attach} and {@code serve}.
 *
 * <p>The client sends {@link #HELLO} and its token, the server answers {@link #ACCEPTED} or {@link #REFUSED}. Then each
 * side sends frames: a type, a length of 4 bytes, the content. The first of the client says what it wants; input travels
 * only when the server asks for it. The server ends with {@link #EXIT}; a connection that ends without it was cut off.
 *
 * <p>Any thread may send; one thread at a time may receive.
 */
final class Frames {

    static final byte[] HELLO = "UCM1".getBytes(UTF_8);
    static final int ACCEPTED = 'A';
    static final int REFUSED = 'R';

    /** From the client: commands, each in a frame of its own, that {@link #LAST} ends. */
    static final int COMMAND = 'c';

    static final int LAST = 'l';

    /** From the client: run the lines of the input. */
    static final int LINES = 'i';

    /** From the client: a terminal's type, columns and lines, each on a line. */
    static final int TERMINAL = 't';

    /** From the client: what was asked for; empty at its end. */
    static final int INPUT = 'n';

    /** From the client: the terminal's columns and lines now. */
    static final int SIZE = 'z';

    /** From the server. */
    static final int OUT = 'O';

    static final int ERR = 'E';

    /** From the server: input, please. */
    static final int ASK = 'Q';

    /** From the server: its container is not up yet. */
    static final int STARTING = 'S';

    /** From the server: the exit code, one byte. */
    static final int EXIT = 'X';

    /** The largest content of one frame. */
    static final int LIMIT = 1 << 20;

    /** A received frame. */
    record Frame(int type, byte[] content) {

        String text() {
            return new String(content, UTF_8);
        }
    }

    private final DataInputStream in;
    private final DataOutputStream out;

    Frames(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = new DataOutputStream(out);
    }

    void send(int type, byte... content) throws IOException {
        send(type, content, 0, content.length);
    }

    void send(int type, String content) throws IOException {
        send(type, content.getBytes(UTF_8));
    }

    void send(int type, byte[] bytes, int offset, int length) throws IOException {
        if (length > LIMIT) {
            throw new IOException("a frame of " + length + " bytes; at most " + LIMIT + " are allowed");
        }
        synchronized (out) {
            out.write(type);
            out.writeInt(length);
            out.write(bytes, offset, length);
            out.flush();
        }
    }

    /** Blocks; throws {@link java.io.EOFException} at the end. */
    Frame receive() throws IOException {
        int type = in.readUnsignedByte();
        int length = in.readInt();
        if (length < 0 || length > LIMIT) {
            throw new IOException("a frame of " + length + " bytes; at most " + LIMIT + " are allowed");
        }
        byte[] content = new byte[length];
        in.readFully(content);
        return new Frame(type, content);
    }
}
