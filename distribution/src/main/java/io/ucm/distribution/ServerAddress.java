// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.util.List;

/**
 * How to reach a server on this machine, as its file says it: three lines.
 *
 * @param pid the server's process
 * @param port on the loopback address
 * @param token what a client must know; never shown
 */
record ServerAddress(long pid, int port, Token token) {

    /** Throws if the file is none of ours, without repeating what is in it. */
    static ServerAddress parse(String text) throws IOException {
        List<String> lines = text.lines().toList();
        try {
            return new ServerAddress(
                    Long.parseLong(lines.get(0)), Integer.parseInt(lines.get(1)), Token.parse(lines.get(2)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("it is no server's address");
        }
    }

    String text() {
        return pid + "\n" + port + "\n" + token.text() + "\n";
    }

    @Override
    public String toString() {
        return "process " + pid + ", port " + port;
    }
}
