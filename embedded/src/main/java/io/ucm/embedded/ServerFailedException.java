// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded servers could not be started. The message says at which step, which server, and what its log said. */
final class ServerFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ServerFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
