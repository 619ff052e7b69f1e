// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.manager.ModeValue.Source;
import io.ucm.settings.Require;
import io.ucm.settings.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes each attribute of a mode from the configuration, or where that says nothing, from a built-in mode; and keeps an
 * account of it. What is out of range is refused with the attribute, the value and what is allowed. Not thread-safe.
 */
final class ModeReader {

    private static final int ALL = 100;

    private static final String HIDDEN = "***";

    private final List<ModeValue> account = new ArrayList<>();

    /** What was read, in that order. */
    List<ModeValue> account() {
        return List.copyOf(account);
    }

    int count(String attribute, int configured, int own) {
        boolean named = configured != ModeConfig.BUILT_IN;
        int value = named ? Require.atLeast(1, attribute, configured) : own;
        return taken(attribute, named, value, String.valueOf(value));
    }

    /** @param zero what zero means */
    int percent(String attribute, int configured, int own, String zero) {
        boolean named = configured != ModeConfig.BUILT_IN;
        int value = named ? Require.between(0, ALL, attribute, configured) : own;
        return taken(attribute, named, value, value == 0 ? zero : value + " %");
    }

    /** A time longer than zero. */
    Duration time(String attribute, int configured, Duration own) {
        return duration(attribute, configured, 1, own, "");
    }

    /** @param zero what zero means */
    Duration time(String attribute, int configured, Duration own, String zero) {
        return duration(attribute, configured, 0, own, zero);
    }

    private Duration duration(String attribute, int configured, int least, Duration own, String zero) {
        boolean named = configured != ModeConfig.BUILT_IN;
        Duration value = named ? Duration.ofMillis(Require.atLeast(least, attribute, configured)) : own;
        return taken(attribute, named, value, InWords.duration(value, zero));
    }

    boolean flag(String attribute, String configured, boolean own) {
        boolean value =
                switch (configured) {
                    case "" -> own;
                    case "true" -> true;
                    case "false" -> false;
                    default ->
                        throw new IllegalArgumentException(
                                attribute + ": '" + configured + "' is neither true nor false");
                };
        return taken(attribute, !configured.isEmpty(), value, String.valueOf(value));
    }

    <E extends Enum<E>> E oneOf(String attribute, String configured, E own) {
        E[] all = own.getDeclaringClass().getEnumConstants();
        E value = configured.isEmpty()
                ? own
                : Arrays.stream(all)
                        .filter(one -> one.name().equals(configured))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                attribute + ": '" + configured + "' is none of " + Arrays.toString(all)));
        return taken(attribute, !configured.isEmpty(), value, value.name());
    }

    /** What the configuration alone says. */
    String text(String attribute, String configured) {
        return taken(attribute, true, Require.text(attribute, configured), configured);
    }

    Secret secret(String attribute, String configured) {
        return taken(attribute, true, new Secret(configured), configured.isEmpty() ? "none" : HIDDEN);
    }

    /** What is the cluster's where the configuration says nothing. */
    String ofTheCluster(String attribute, String configured) {
        boolean named = !configured.isEmpty();
        String words = !named ? "the cluster's" : attribute.startsWith(".") ? HIDDEN : configured;
        account.add(new ModeValue(attribute, words, named ? Source.CONFIGURATION : Source.CLUSTER));
        return configured;
    }

    private <T> T taken(String attribute, boolean configured, T value, String words) {
        account.add(new ModeValue(attribute, words, configured ? Source.CONFIGURATION : Source.MODE));
        return value;
    }
}
