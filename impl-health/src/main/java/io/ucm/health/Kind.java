// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;

/**
 * What is checked together: one Felix health check with its name and tags.
 * Never {@code systemalive}: a database that is down is not mended by a restart of ours.
 */
enum Kind {
    POOLS("UCM pools", Set.of("pool"), "ucm", "dbavail", "systemready"),
    NODES("UCM nodes", Set.of("node", "primary"), "ucm", "dbavail", "systemready", "ucm-validate"),
    ROLES("UCM roles", Set.of("role", "roles"), "ucm", "dbavail", "systemready", "ucm-validate"),
    REDIS("UCM redis", Set.of("redis"), "ucm", "ucm-validate"),
    CONFIGURATION("UCM configuration", Set.of("configuration"), "ucm", "ucm-validate"),
    /** Whether somebody takes each configuration: no manager is ill because of a file that nobody reads. */
    PIDS("UCM PIDs", Set.of("PID", "PIDs"), "ucm-validate"),
    OTHERS("UCM other parts", Set.of(), "ucm");

    /** By kind, then by name. */
    static final Comparator<HealthComponent> ORDER =
            Comparator.comparing(Kind::of).thenComparing(HealthComponent::name);

    private final String title;
    private final Set<String> words;
    private final Set<String> tags;

    Kind(String title, Set<String> words, String... tags) {
        this.title = title;
        this.words = words;
        this.tags = Set.of(tags);
    }

    /** By the first word of its name. */
    static Kind of(HealthComponent component) {
        String word = component.name().split(" ", 2)[0];
        for (Kind kind : values()) {
            if (kind.words.contains(word)) {
                return kind;
            }
        }
        return OTHERS;
    }

    String title() {
        return title;
    }

    Set<String> tags() {
        return tags;
    }

    boolean hasOneOf(Collection<String> wanted) {
        return wanted.stream().anyMatch(tags::contains);
    }
}
