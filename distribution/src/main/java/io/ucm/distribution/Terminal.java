// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.Console;
import java.lang.reflect.Method;

/** Whether somebody sits in front of this process. */
final class Terminal {

    private Terminal() {}

    /** True if standard input and standard output are both a terminal. */
    static boolean isPresent() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** Up to Java 21 a console is always a terminal; from 22 on there is one without a terminal too. */
    private static boolean isTerminal(Console console) {
        try {
            Method isTerminal = Console.class.getMethod("isTerminal");
            return (Boolean) isTerminal.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
