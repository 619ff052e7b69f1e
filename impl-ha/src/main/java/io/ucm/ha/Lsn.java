// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A position in the write-ahead log: an unsigned number of bytes. */
record Lsn(long position) implements Comparable<Lsn> {

    /** Where a cluster's first timeline begins. */
    static final Lsn START = new Lsn(0);

    /** Of all servers that were not built for another one. */
    private static final int PAGE_BYTES = 8192;

    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    static Lsn parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no position such as 0/3000148");
        }
        return new Lsn(Long.parseLong(matcher.group(1), 16) << 32 | Long.parseLong(matcher.group(2), 16));
    }

    /** Whether a page of the log ends here, which may be within a record. */
    boolean isPageEnd() {
        return position % PAGE_BYTES == 0;
    }

    /** How far this is beyond an earlier one; 0 when it isn't. */
    long bytesBeyond(Lsn earlier) {
        return compareTo(earlier) > 0 ? position - earlier.position : 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(position, other.position);
    }

    /** As the server prints it. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xFFFFFFFFL);
    }
}
