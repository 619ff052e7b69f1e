// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A moment in the history of a cluster's writes: all that was committed by then is before it. Can be passed on, to another
 * container too, as its text.
 *
 * @param timeline the server's timeline
 * @param lsn the position in its write-ahead log: an unsigned number of bytes
 */
public record Position(int timeline, long lsn) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9}):([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    public Position {
        if (timeline < 1) {
            throw new IllegalArgumentException("timeline " + timeline + ": must be at least 1");
        }
    }

    /** The opposite of {@link #toString}. */
    public static Position parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no position such as 1:0/3000148");
        }
        return new Position(
                Integer.parseInt(matcher.group(1)),
                Long.parseLong(matcher.group(2), 16) << 32 | Long.parseLong(matcher.group(3), 16));
    }

    /** The timeline, and the position as the server prints it: {@code 1:0/3000148}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d:%X/%X", timeline, lsn >>> 32, lsn & 0xFFFF_FFFFL);
    }
}
