// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.osgi.framework.ServiceReference;

/** The implementations of one kind that are there, best first as OSGi ranks services. Thread-safe. */
final class Slot<S> {

    private final String name;
    private final CopyOnWriteArrayList<Part<S>> parts = new CopyOnWriteArrayList<>();

    Slot(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void add(ServiceReference<S> reference, S service) {
        parts.add(Part.of(reference, service));
    }

    void remove(ServiceReference<S> reference) {
        parts.removeIf(part -> part.reference().equals(reference));
    }

    /** The best that fits. */
    Optional<Part<S>> best(Predicate<Part<S>> fits) {
        return all().stream().filter(fits).findFirst();
    }

    /** The best. */
    Optional<Part<S>> best() {
        return best(part -> true);
    }

    /** All that are there, best first. */
    List<Part<S>> all() {
        return parts.stream()
                .sorted(Comparator.comparing(Part<S>::reference).reversed())
                .toList();
    }
}
