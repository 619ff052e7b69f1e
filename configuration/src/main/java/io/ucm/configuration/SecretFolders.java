// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folders of the secrets, as Felix's interpolation plugin uses them: of several files of a name, the first counts,
 * and white space around a secret does not. Symbolic links are followed. Thread-safe.
 */
record SecretFolders(List<Path> folders) {

    /** The framework property that the plugin takes its folders from. */
    static final String PROPERTY = "org.apache.felix.configadmin.plugin.interpolation.secretsdir";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\[secret:([^];]+)");

    /** @param value of the property; null: it isn't set */
    static SecretFolders of(@Nullable String value) {
        return new SecretFolders(
                value == null
                        ? List.of()
                        : Stream.of(value.strip().split("\\s*,\\s*"))
                                .map(Path::of)
                                .toList());
    }

    /** The names of the secrets that the values of a configuration want. */
    static Set<String> named(Map<String, ?> values) {
        Set<String> names = new TreeSet<>();
        for (Object value : values.values()) {
            List<?> texts = value instanceof Object[] array ? Arrays.asList(array) : List.of(value);
            for (Object text : texts) {
                Matcher placeholder = PLACEHOLDER.matcher(text instanceof String ? (String) text : "");
                while (placeholder.find()) {
                    names.add(placeholder.group(1));
                }
            }
        }
        return names;
    }

    /** Reads the file. One that is empty is taken for one that is being written. */
    SecretLook look(String name) {
        Path file = file(name);
        if (file == null) {
            return SecretLook.none("there is no such file in " + folders);
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return SecretLook.none(file + " is no regular file");
            }
            String secret = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).trim();
            return new SecretLook(
                    secret.isEmpty() ? null : digest(secret),
                    secret.isEmpty() ? file + " is empty" : "",
                    attributes.lastModifiedTime(),
                    attributes.size());
        } catch (NoSuchFileException e) {
            return SecretLook.none("there is no such file in " + folders);
        } catch (IOException e) {
            return SecretLook.none(file + " can't be read: " + e.getClass().getSimpleName());
        }
    }

    /** The plugin refuses names that lead upwards; null: there is none. */
    private @Nullable Path file(String name) {
        if (name.contains("..")) {
            return null;
        }
        try {
            return folders.stream()
                    .map(folder -> folder.resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElse(null);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static String digest(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
