// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configurations of one kind, by the component that brought each. For each key the first one is in force; others
 * wait until it is gone. One that is refused leaves what it said before in force. Not thread-safe.
 *
 * @param <K> what must be unique
 * @param <S> the validated settings
 */
final class Declared<K, S> {

    /** What is wrong with a configuration. */
    record Problem(Origin origin, String text) {

        @Override
        public String toString() {
            return origin + ": " + text;
        }
    }

    private record Entry<K, S>(
            Origin origin,
            @Nullable K key,
            @Nullable S settings,
            @Nullable String refusal) {

        boolean claims(K other) {
            return other.equals(key);
        }
    }

    private final String what;

    /** In the order of arrival. */
    private final Map<Object, Entry<K, S>> entries = new LinkedHashMap<>();

    /** @param what a key, for messages, such as "the cluster '%s'" */
    Declared(String what) {
        this.what = what;
    }

    /** Settings that were found good. A new key has to queue like a new configuration. */
    void put(Object owner, Origin origin, K key, S settings) {
        Entry<K, S> before = entries.get(owner);
        if (before != null && !before.claims(key)) {
            entries.remove(owner);
        }
        entries.put(owner, new Entry<>(origin, key, settings, null));
    }

    /** A configuration that is no good. */
    void refuse(Object owner, Origin origin, String why) {
        Entry<K, S> before = entries.get(owner);
        entries.put(
                owner,
                before == null || before.settings() == null
                        ? new Entry<>(origin, null, null, why)
                        : new Entry<>(
                                origin, before.key(), before.settings(), why + "; what it said before stays in force"));
    }

    void remove(Object owner) {
        entries.remove(owner);
    }

    /** The settings in force. */
    Map<K, S> inForce() {
        Map<K, S> inForce = new LinkedHashMap<>();
        for (Entry<K, S> entry : entries.values()) {
            if (entry.key() != null && entry.settings() != null) {
                inForce.putIfAbsent(entry.key(), entry.settings());
            }
        }
        return inForce;
    }

    /** What is wrong with the configuration of that owner; null if nothing is. */
    @Nullable
    Problem problem(Object owner) {
        Entry<K, S> entry = entries.get(owner);
        return entry == null ? null : problem(entry);
    }

    List<Problem> problems() {
        return entries.values().stream()
                .map(this::problem)
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable Problem problem(Entry<K, S> entry) {
        if (entry.refusal() != null) {
            return new Problem(entry.origin(), entry.refusal());
        }
        Entry<K, S> first =
                claims(Objects.requireNonNull(entry.key())).findFirst().orElseThrow();
        return first == entry
                ? null
                : new Problem(
                        entry.origin(),
                        "%s is configured twice: %s came first and stays in force, this one waits until that is gone"
                                .formatted(what.formatted(entry.key()), first.origin()));
    }

    private Stream<Entry<K, S>> claims(K key) {
        return entries.values().stream().filter(entry -> entry.claims(key));
    }
}
