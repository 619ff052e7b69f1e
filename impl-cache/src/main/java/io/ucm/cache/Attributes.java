// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at the attributes of a configuration before they are converted: a name that nobody reads, a number that is none,
 * a placeholder that nobody filled in. The value of a secret is never named.
 */
final class Attributes {

    /** What the framework and those who bring configurations add. */
    private static final Pattern FOREIGN = Pattern.compile("(service|component|felix|org|osgi)\\..*|:.*|objectClass");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\[(env|secret|prop):([^];]*)[^]]*]");

    private Attributes() {}

    /**
     * Throws if something is wrong with the attributes.
     *
     * @param config the annotation that declares them
     */
    static void check(Class<?> config, Map<String, ?> properties) {
        Map<String, Method> known = new TreeMap<>();
        for (Method method : config.getDeclaredMethods()) {
            known.put(method.getName().replace('_', '.'), method);
        }
        properties.forEach((name, value) -> {
            Method attribute = known.get(name);
            if (attribute != null) {
                checkFilledIn(name, value);
                checkNumber(name, value, attribute);
            } else if (!FOREIGN.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        name + ": there is no such attribute; there are: " + String.join(", ", known.keySet()));
            }
        });
    }

    private static void checkFilledIn(String name, Object value) {
        Matcher placeholder = PLACEHOLDER.matcher(String.valueOf(value));
        if (placeholder.find()) {
            throw new IllegalArgumentException(
                    "%s: nothing was found for $[%s:%s]".formatted(name, placeholder.group(1), placeholder.group(2)));
        }
    }

    private static void checkNumber(String name, Object value, Method attribute) {
        if (attribute.getReturnType() == int.class && !(value instanceof Number)) {
            try {
                Integer.parseInt(value.toString().strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "%s: '%s' is not a whole number up to %d".formatted(name, value, Integer.MAX_VALUE));
            }
        }
    }
}
