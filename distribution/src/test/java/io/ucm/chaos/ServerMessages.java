// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.nio.ByteBuffer;

/** What a server says: notices when it is ready for the client's next message, and when a COMMIT was executed. */
final class ServerMessages extends Messages {

    private final Runnable ready;
    private final Runnable committed;
    private int singleBytes;
    private boolean ended;

    /**
     * @param ready runs whenever it is ready
     * @param committed runs when it is ready after a transaction was ended, or after an error
     */
    ServerMessages(Runnable ready, Runnable committed) {
        this.ready = ready;
        this.committed = committed;
    }

    /** The next answer is a single byte. */
    void expectSingleByte() {
        singleBytes++;
    }

    @Override
    int headerLength() {
        return singleBytes > 0 ? 1 : super.headerLength();
    }

    @Override
    void message(char type, ByteBuffer body) {
        if (singleBytes > 0) {
            singleBytes--;
            return;
        }
        switch (type) {
            case 'C' -> {
                String tag = text(body);
                ended |= tag.equals("COMMIT") || tag.equals("ROLLBACK");
            }
            case 'E' -> ended = true;
            case 'Z' -> isReady();
            default -> {}
        }
    }

    private void isReady() {
        boolean over = ended;
        ended = false;
        ready.run();
        if (over) {
            committed.run();
        }
    }
}
