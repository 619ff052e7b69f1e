// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Values of the types that a configuration may hold. */
final class TypedValue {

    private record Scalar(Class<?> type, Function<String, Object> parse) {}

    private static final Map<String, Scalar> SCALARS = new TreeMap<>(Map.ofEntries(
            Map.entry("String", new Scalar(String.class, text -> text)),
            Map.entry("Boolean", new Scalar(Boolean.class, TypedValue::bool)),
            Map.entry("Character", new Scalar(Character.class, TypedValue::character)),
            Map.entry("Byte", new Scalar(Byte.class, Byte::valueOf)),
            Map.entry("Short", new Scalar(Short.class, Short::valueOf)),
            Map.entry("Integer", new Scalar(Integer.class, Integer::valueOf)),
            Map.entry("Long", new Scalar(Long.class, Long::valueOf)),
            Map.entry("Float", new Scalar(Float.class, Float::valueOf)),
            Map.entry("Double", new Scalar(Double.class, Double::valueOf))));

    private TypedValue() {}

    /** An array of the elements' common type; of strings when there is none. */
    static Object array(String key, List<Object> elements) throws InvalidFileException {
        Class<?> type = elements.isEmpty() ? String.class : elements.get(0).getClass();
        Object array = Array.newInstance(type, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            if (!type.isInstance(elements.get(i))) {
                throw new InvalidFileException("the elements of '" + key + "' must be of one type");
            }
            Array.set(array, i, elements.get(i));
        }
        return array;
    }

    /** The value as the type that the key names, such as {@code Integer} or {@code String[]}. */
    static Object of(String key, Object value, String type) throws InvalidFileException {
        boolean isArray = type.endsWith("[]");
        Scalar scalar = SCALARS.get(isArray ? type.substring(0, type.length() - 2) : type);
        if (scalar == null) {
            throw new InvalidFileException("the key '" + key + "' has the unknown type " + type + "; allowed are "
                    + String.join(", ", SCALARS.keySet()) + ", and each with []");
        }
        if (isArray != value.getClass().isArray()) {
            throw new InvalidFileException(
                    "the value of '" + key + "' must " + (isArray ? "be" : "not be") + " an array");
        }
        if (!isArray) {
            return convert(key, value, scalar);
        }
        Object array = Array.newInstance(scalar.type(), Array.getLength(value));
        for (int i = 0; i < Array.getLength(value); i++) {
            Array.set(array, i, convert(key, Array.get(value, i), scalar));
        }
        return array;
    }

    private static Object convert(String key, Object value, Scalar scalar) throws InvalidFileException {
        try {
            return scalar.parse().apply(value.toString());
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(
                    "the value of '" + key + "' is no " + scalar.type().getSimpleName());
        }
    }

    private static Object bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return Boolean.valueOf(text);
    }

    private static Object character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException(text);
        }
        return text.charAt(0);
    }
}
