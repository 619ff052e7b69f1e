// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of one cluster's entries in Redis: {@code ucm:cluster:region:tenant:key}. Two different keys never have the
 * same name: in each part what separates or groups ({@code : { }}), the escape itself and what UTF-8 has no form for (half
 * a surrogate pair) is a {@code %} and four hexadecimal digits. Immutable.
 */
final class Keys {

    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-F]{4})");
    private static final String SEPARATOR = ":";
    private static final int PARTS = 3;

    private final String prefix;

    Keys(String cluster) {
        this.prefix = "ucm" + SEPARATOR + escaped(cluster) + SEPARATOR;
    }

    /** What the names of this cluster begin with, and of no other. */
    byte[] prefix() {
        return bytes(prefix);
    }

    /** Where the generation is: no entry's name has so few parts. */
    byte[] generation() {
        return bytes(prefix + "generation");
    }

    byte[] name(CacheKey key) {
        return bytes(
                prefix + escaped(key.region()) + SEPARATOR + escaped(key.tenant()) + SEPARATOR + escaped(key.key()));
    }

    /** The key of that name; null when it is no entry's. */
    @Nullable
    CacheKey key(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        String[] parts =
                text.startsWith(prefix) ? text.substring(prefix.length()).split(SEPARATOR, -1) : new String[0];
        return parts.length == PARTS ? new CacheKey(plain(parts[0]), plain(parts[1]), plain(parts[2])) : null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String part) {
        StringBuilder out = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (Character.isSurrogate(c)
                    && Character.isSurrogatePair(c, i + 1 < part.length() ? part.charAt(i + 1) : c)) {
                out.append(c).append(part.charAt(++i));
            } else if (":{}%".indexOf(c) >= 0 || Character.isSurrogate(c)) {
                out.append("%%%04X".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String plain(String part) {
        return ESCAPE.matcher(part)
                .replaceAll(
                        found -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
    }
}
