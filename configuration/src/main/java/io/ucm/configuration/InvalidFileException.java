// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

/** A file that makes no configuration; the message says where in it and why, without a value. */
final class InvalidFileException extends Exception {

    InvalidFileException(String message) {
        super(message);
    }
}
