// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

/** A port that was free when it was chosen belonged to another process when the server wanted it. */
final class PortTakenException extends Exception {

    private static final long serialVersionUID = 1;

    PortTakenException(String server, int port) {
        super(server + ": port " + port + " was taken in between");
    }
}
