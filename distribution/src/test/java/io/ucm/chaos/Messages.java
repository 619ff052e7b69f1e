// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a stream of the PostgreSQL protocol into messages: a type byte, a length that counts itself, a body. A message of
 * which more than its beginning is never needed may be longer than what is kept of it. One thread.
 */
abstract class Messages {

    private static final int HEADER = 5;

    /** Longer than any COMMIT with what is sent before it. */
    private static final int KEPT = 16_384;

    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private final ByteBuffer body = ByteBuffer.allocate(KEPT);
    private int left;

    /** Looks at what came; leaves the buffer's position as it is. */
    final void see(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            if (header.position() < headerLength()) {
                header.put(rest.get());
                if (header.position() == headerLength() && header.position() == 1) {
                    end();
                } else if (header.position() == headerLength()) {
                    left = header.getInt(headerLength() - Integer.BYTES) - Integer.BYTES;
                    endIfComplete();
                }
            } else {
                int part = Math.min(left, rest.remaining());
                int kept = Math.min(part, body.remaining());
                body.put(rest.slice().limit(kept));
                rest.position(rest.position() + part);
                left -= part;
                endIfComplete();
            }
        }
    }

    private void endIfComplete() {
        if (left <= 0) {
            end();
        }
    }

    private void end() {
        char type = headerLength() == Integer.BYTES ? 0 : (char) header.get(0);
        body.flip();
        ByteBuffer complete = body.slice();
        header.clear();
        body.clear();
        message(type, complete);
    }

    /** 5; 4 for a message without a type, which is 0 then; 1 for an answer of one byte. */
    int headerLength() {
        return HEADER;
    }

    abstract void message(char type, ByteBuffer body);

    /** The text up to the next zero, which is taken too. */
    static String text(ByteBuffer body) {
        ByteBuffer text = body.slice();
        int length = 0;
        while (body.hasRemaining() && body.get() != 0) {
            length++;
        }
        return StandardCharsets.UTF_8.decode(text.limit(length)).toString();
    }
}
