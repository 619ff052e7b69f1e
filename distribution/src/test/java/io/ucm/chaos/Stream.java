// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One direction of a link: what was read and waits to be written, each piece until its time. The proxy's thread only. */
final class Stream {

    /** @param bytes null at the end of the stream */
    private record Piece(ByteBuffer bytes, long due) {}

    /** Who has so much waiting is not read from. */
    private static final int PLENTY = 1 << 20;

    private final Messages messages;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private int waiting;
    private boolean lossy;
    private boolean read;
    private boolean written;

    Stream(Messages messages) {
        this.messages = messages;
    }

    /** From now on nothing that is read arrives, the end neither; what was read before does. */
    void lose() {
        lossy = true;
    }

    boolean isLossy() {
        return lossy;
    }

    /** Reads once what there is; it may be written at that time. */
    void read(SocketChannel source, ByteBuffer buffer, long due) throws IOException {
        buffer.clear();
        int length = source.read(buffer);
        buffer.flip();
        if (length < 0) {
            read = true;
        } else {
            messages.see(buffer);
        }
        if (!lossy && length != 0) {
            add(length < 0 ? null : ByteBuffer.allocate(length).put(buffer).flip(), due);
        }
    }

    /** Nothing more can be read. */
    void broken() {
        read = true;
        lossy = true;
    }

    void add(ByteBuffer bytes, long due) {
        pieces.add(new Piece(bytes, due));
        waiting += bytes == null ? 0 : bytes.remaining();
    }

    boolean isReadable() {
        return !read && waiting < PLENTY;
    }

    /** Writes what is due; false if the sink takes no more for now. */
    boolean write(SocketChannel sink, long now) throws IOException {
        for (Piece next = pieces.peek(); next != null && next.due() - now <= 0; next = pieces.peek()) {
            if (next.bytes() == null) {
                written = true;
                sink.shutdownOutput();
            } else {
                waiting -= sink.write(next.bytes());
                if (next.bytes().hasRemaining()) {
                    return false;
                }
            }
            pieces.remove();
        }
        return true;
    }

    /** Whether its end was read, and was written too unless it is lost. */
    boolean isOver() {
        return read && pieces.isEmpty() && (written || lossy);
    }

    /** How long until the next piece may be written; negative: nothing waits. */
    long untilDue(long now) {
        Piece next = pieces.peek();
        return next == null ? -1 : Math.max(0, next.due() - now);
    }
}
