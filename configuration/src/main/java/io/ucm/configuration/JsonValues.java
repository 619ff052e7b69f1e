// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of a {@code .cfg.json} file: one object with strings, numbers, booleans, and arrays of one of them. A key may
 * end with a type, as in {@code "port:Integer"}. Comments are allowed.
 */
final class JsonValues {

    /** Keys that speak to the Configurator only. */
    private static final String IGNORED = ":configurator:";

    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    private final JsonReader reader;

    private JsonValues(String text) {
        reader = new JsonReader(new StringReader(JsonComments.blanked(text)));
        reader.setStrictness(Strictness.STRICT);
    }

    static Map<String, Object> parse(String text) throws InvalidFileException {
        try {
            return new JsonValues(text).object();
        } catch (MalformedJsonException | EOFException e) {
            throw new InvalidFileException(text.isBlank() ? "it is empty" : described(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parser's message up to the place, without its advice to programmers. */
    private static String described(String message) {
        Matcher place = PLACE.matcher(message);
        if (!place.find()) {
            return "it is no JSON";
        }
        String reason = message.substring(0, place.start()).strip();
        return "%s at line %s, column %s"
                .formatted(
                        reason.contains("JsonReader") || reason.isEmpty() ? "it is no JSON" : reason,
                        place.group(1),
                        place.group(2));
    }

    private Map<String, Object> object() throws IOException, InvalidFileException {
        if (reader.peek() != JsonToken.BEGIN_OBJECT) {
            throw new InvalidFileException("it must be one object in { }");
        }
        reader.beginObject();
        Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (key.startsWith(IGNORED)) {
                reader.skipValue();
            } else {
                put(values, key);
            }
        }
        reader.endObject();
        reader.peek();
        return values;
    }

    private void put(Map<String, Object> values, String key) throws IOException, InvalidFileException {
        int colon = key.lastIndexOf(':');
        String name = colon < 0 ? key : key.substring(0, colon);
        Object value = value(key);
        Object typed = colon < 0 ? value : TypedValue.of(key, value, key.substring(colon + 1));
        if (values.put(name, typed) != null) {
            throw new InvalidFileException("the key '" + name + "' is there twice");
        }
    }

    private Object value(String key) throws IOException, InvalidFileException {
        if (reader.peek() != JsonToken.BEGIN_ARRAY) {
            return scalar(key);
        }
        List<Object> elements = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            elements.add(scalar(key));
        }
        reader.endArray();
        return TypedValue.array(key, elements);
    }

    private Object scalar(String key) throws IOException, InvalidFileException {
        return switch (reader.peek()) {
            case STRING -> reader.nextString();
            case BOOLEAN -> reader.nextBoolean();
            case NUMBER -> number(reader.nextString());
            default ->
                throw new InvalidFileException("the value of '" + key + "' must be a string, a number, true or false,"
                        + " or an array of one of them; a file holds one configuration, named by the file");
        };
    }

    private static Object number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return Double.valueOf(text);
        }
    }
}
