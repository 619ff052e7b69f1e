// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The values of a {@code .cfg} file: text, in the format of {@link Properties}. */
final class PropertyValues {

    private PropertyValues() {}

    static Map<String, Object> parse(String text) throws InvalidFileException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException("a backslash u is followed by no four hexadecimal digits");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String key : properties.stringPropertyNames()) {
            if (values.put(key, properties.getProperty(key)) != null) {
                throw new InvalidFileException("the key '" + key + "' is there twice, but for upper and lower case");
            }
        }
        return values;
    }
}
