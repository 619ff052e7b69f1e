// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A setting primary_conninfo: {@code keyword = value} pairs. May carry a password, so it is printed nowhere.
 *
 * @param settings in their order
 */
record Conninfo(Map<String, String> settings) {

    private static final Pattern PAIR = Pattern.compile(
            "\\G\\s*([A-Za-z_]+)\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|((?:[^\\s'\\\\]|\\\\.)*))(?=\\s|$)");

    /** Throws when it is of another form, such as a URI, and does not say what it is. */
    static Conninfo parse(String text) {
        Map<String, String> settings = new LinkedHashMap<>();
        Matcher pair = PAIR.matcher(text);
        int end = 0;
        while (pair.find()) {
            String value = pair.group(2) == null ? pair.group(3) : pair.group(2);
            settings.put(pair.group(1), value.replaceAll("\\\\(.)", "$1"));
            end = pair.end();
        }
        if (!text.substring(end).isBlank()) {
            throw new IllegalArgumentException(
                    "primary_conninfo is not of the form keyword=value, so that it can't be changed");
        }
        return new Conninfo(settings);
    }

    /** The same with another server. */
    Conninfo at(NodeAddress node) {
        Map<String, String> changed = new LinkedHashMap<>();
        changed.put("host", node.host());
        changed.put("port", Integer.toString(node.port()));
        settings.forEach((key, value) -> {
            if (!key.equals("hostaddr")) {
                changed.putIfAbsent(key, value);
            }
        });
        return new Conninfo(changed);
    }

    /** What it connects to, of which hostaddr counts where there are both. */
    String host() {
        return settings.getOrDefault("hostaddr", settings.getOrDefault("host", ""));
    }

    /** 0 where it is no number. */
    int port() {
        String port = settings.getOrDefault("port", "5432");
        return port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0;
    }

    /** As the server reads it. */
    String text() {
        return settings.entrySet().stream()
                .map(pair -> pair.getKey() + "='" + pair.getValue().replaceAll("(['\\\\])", "\\\\$1") + "'")
                .collect(Collectors.joining(" "));
    }

    /** Names its keywords only. */
    @Override
    public String toString() {
        return settings.keySet().toString();
    }
}
