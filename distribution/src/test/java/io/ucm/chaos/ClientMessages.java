// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What a client says: notices a COMMIT, in a query of its own or behind others, or as a statement prepared before. */
final class ClientMessages extends Messages {

    private static final int CANCEL_REQUEST = 80_877_102;
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private static final Pattern COMMIT = Pattern.compile("(?is)(.*;)?\\s*(COMMIT|END)\\s*;?\\s*");

    private final Set<String> statements = new HashSet<>();
    private final Set<String> portals = new HashSet<>();
    private final Listener listener;
    private boolean started;

    /** Hears of a message when it is complete, before anything is passed on that came with its end. */
    interface Listener {

        /** It asks for encryption, to which the server's answer is a single byte. */
        void wantsEncryption();

        /** It says who it is; after that every message has a type. */
        void starts();

        /** This connection was made to have a statement of another one cancelled, and for nothing else. */
        void cancels();

        /** It has a COMMIT executed. */
        void commits();

        /** It wants all to be answered that it has sent, as before a round trip. */
        void asks();
    }

    ClientMessages(Listener listener) {
        this.listener = listener;
    }

    @Override
    int headerLength() {
        return started ? super.headerLength() : Integer.BYTES;
    }

    @Override
    void message(char type, ByteBuffer body) {
        switch (type) {
            case 0 -> start(body.remaining() < Integer.BYTES ? 0 : body.getInt());
            case 'Q' -> {
                executes(isCommit(text(body)));
                listener.asks();
            }
            case 'S' -> listener.asks();
            case 'P' -> keep(statements, text(body), isCommit(text(body)));
            case 'B' -> keep(portals, text(body), statements.contains(text(body)));
            case 'E' -> executes(portals.contains(text(body)));
            case 'C' -> close((char) body.get(), text(body));
            default -> {}
        }
    }

    private void start(int code) {
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
            listener.wantsEncryption();
            return;
        }
        started = true;
        if (code == CANCEL_REQUEST) {
            listener.cancels();
        } else {
            listener.starts();
        }
    }

    private void executes(boolean commits) {
        if (commits) {
            listener.commits();
        }
    }

    private static void keep(Set<String> names, String name, boolean commits) {
        if (commits) {
            names.add(name);
        } else {
            names.remove(name);
        }
    }

    private void close(char what, String name) {
        (what == 'S' ? statements : portals).remove(name);
    }

    private static boolean isCommit(String sql) {
        return COMMIT.matcher(sql).matches();
    }
}
