// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

/** Arguments that mean nothing; the message is one line that says which. */
final class UsageException extends Exception {

    UsageException(String message) {
        super(message);
    }
}
