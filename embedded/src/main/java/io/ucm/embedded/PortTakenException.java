// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

/** A port that was free when it was chosen belonged to another process when the server wanted it. */
final class PortTakenException extends Exception {

    private static final long serialVersionUID = 1;

    private final String server;
    private final int port;

    PortTakenException(String server, int port) {
        super(server + ": port " + port + " was taken in between");
        this.server = server;
        this.port = port;
    }

    String server() {
        return server;
    }

    int port() {
        return port;
    }
}
