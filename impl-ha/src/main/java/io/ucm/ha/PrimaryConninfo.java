// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The value of primary_conninfo, with which a replica finds its upstream: {@code name=value} pairs. Never logged. */
final class PrimaryConninfo {

    private static final Pattern PAIR =
            Pattern.compile("\\G\\s*(\\w+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|(?:[^\\s'\\\\]|\\\\.)+)\\s*", Pattern.DOTALL);

    private PrimaryConninfo() {}

    /** The same role and options, another server. */
    static String pointedAt(NodeAddress upstream, String before) {
        List<String> pairs = new ArrayList<>();
        Matcher pair = PAIR.matcher(before);
        int end = 0;
        while (pair.find()) {
            end = pair.end();
            if (!List.of("host", "hostaddr", "port").contains(pair.group(1).toLowerCase(Locale.ROOT))) {
                pairs.add(pair.group(1) + "=" + pair.group(2));
            }
        }
        if (end == 0 || end != before.length()) {
            throw new IllegalArgumentException(
                    "its primary_conninfo is not made of name=value pairs, and can't be pointed at " + upstream);
        }
        pairs.add(0, "host='" + upstream.host().replace("\\", "\\\\").replace("'", "\\'") + "'");
        pairs.add(1, "port=" + upstream.port());
        return String.join(" ", pairs);
    }
}
