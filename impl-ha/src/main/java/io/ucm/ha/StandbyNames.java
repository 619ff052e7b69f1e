// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The setting synchronous_standby_names that all nodes of a cluster have whose primary may be replaced: any one of them. */
final class StandbyNames {

    private static final Pattern ANY_ONE = Pattern.compile("ANY\\s*1\\s*\\((.*)\\)", Pattern.CASE_INSENSITIVE);

    private StandbyNames() {}

    /** Whether it names these nodes and nobody else; the server does not tell upper from lower case. */
    static boolean anyOneOf(List<String> nodes, String setting) {
        Matcher any = ANY_ONE.matcher(setting.strip());
        return any.matches()
                && Arrays.stream(any.group(1).split(","))
                        .map(StandbyNames::unquoted)
                        .sorted()
                        .toList()
                        .equals(nodes.stream()
                                .map(node -> node.toLowerCase(Locale.ROOT))
                                .sorted()
                                .toList());
    }

    /** All that it names, in lower case; {@code *} is anybody. */
    static List<String> all(String setting) {
        String list = Quorum.list(setting);
        return list.isBlank()
                ? List.of()
                : Arrays.stream(list.split(",")).map(StandbyNames::unquoted).toList();
    }

    static String required(List<String> nodes) {
        return new TreeSet<>(nodes)
                .stream()
                        .map(node -> node.matches("[A-Za-z_][A-Za-z0-9_]*") ? node : '"' + node + '"')
                        .collect(Collectors.joining(",", "ANY 1 (", ")"));
    }

    private static String unquoted(String name) {
        String text = name.strip();
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return (quoted ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text).toLowerCase(Locale.ROOT);
    }
}
