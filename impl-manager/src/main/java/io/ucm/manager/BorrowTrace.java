// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Arrays;
import java.util.List;

/** Where a connection was borrowed. Goes to the log in place of an exception, for its stack; our own calls are left out. */
final class BorrowTrace extends Throwable {

    private static final long serialVersionUID = 1L;

    private static final String ENTRANCE = UcmDataSource.class.getName();

    BorrowTrace() {
        super("the connection was borrowed here");
        setStackTrace(Arrays.stream(getStackTrace())
                .dropWhile(frame -> !frame.getClassName().equals(ENTRANCE))
                .dropWhile(frame -> frame.getClassName().equals(ENTRANCE))
                .toArray(StackTraceElement[]::new));
    }

    List<String> lines() {
        return Arrays.stream(getStackTrace()).map(StackTraceElement::toString).toList();
    }
}
