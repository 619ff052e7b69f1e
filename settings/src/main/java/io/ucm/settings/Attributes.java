// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.settings;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at the attributes of a configuration before they are converted: a name that nobody reads, a number that is none,
 * a placeholder that nobody filled in. The value of a secret is never named.
 */
public final class Attributes {

    /** What the framework and those who bring configurations add. */
    private static final Pattern FOREIGN = Pattern.compile("(service|component|felix|org|osgi)\\..*|:.*|objectClass");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\[(env|secret|prop):([^];]*)[^]]*]");

    private Attributes() {}

    /**
     * Throws if something is wrong with the attributes.
     *
     * @param config the annotation that declares them
     */
    public static void check(Class<?> config, Map<String, ?> properties) {
        Map<String, Method> known = known(config);
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

    /** The attributes' names as Declarative Services derives them from the annotation's methods. */
    public static Map<String, Method> known(Class<?> config) {
        Map<String, Method> known = new TreeMap<>();
        for (Method method : config.getDeclaredMethods()) {
            known.put(method.getName().replace('_', '.'), method);
        }
        return known;
    }

    private static void checkFilledIn(String name, Object value) {
        List<?> texts = value instanceof Object[] array ? Arrays.asList(array) : List.of(value);
        for (Object text : texts) {
            Matcher placeholder = PLACEHOLDER.matcher(String.valueOf(text));
            if (placeholder.find()) {
                throw new IllegalArgumentException("%s: nothing was found for $[%s:%s]: %s"
                        .formatted(name, placeholder.group(1), placeholder.group(2), wayOut(placeholder.group(1))));
            }
        }
    }

    private static String wayOut(String kind) {
        return switch (kind) {
            case "env" -> "set the environment variable where UCM is started";
            case "secret" -> "put a file of that name into the folder of the secrets";
            default -> "set the framework property";
        };
    }

    private static void checkNumber(String name, Object value, Method attribute) {
        Class<?> type = attribute.getReturnType();
        if ((type == int.class || type == long.class) && !(value instanceof Number)) {
            String text = value.toString().strip();
            try {
                if (type == int.class) {
                    Integer.parseInt(text);
                } else {
                    Long.parseLong(text);
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("%s: '%s' is not a whole number up to %d"
                        .formatted(name, value, type == int.class ? Integer.MAX_VALUE : Long.MAX_VALUE));
            }
        }
    }
}
