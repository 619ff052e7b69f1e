// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/** Nobody is promoted, or nothing is undone; the message says why. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    Refusal(String why) {
        super(why);
    }
}
