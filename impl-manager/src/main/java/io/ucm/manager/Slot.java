// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * The implementations of one kind that are there: the operator's choice, then as OSGi ranks services, then those that were
 * refused. Thread-safe.
 */
final class Slot<S> {

    private final String name;
    private final CopyOnWriteArrayList<Part<S>> parts = new CopyOnWriteArrayList<>();
    private final Set<ServiceReference<?>> refused = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Bundle chosen;

    Slot(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void add(ServiceReference<S> reference, S service) {
        parts.add(Part.of(reference, service));
    }

    /**
     * What was said of it is forgotten.
     *
     * @return what was removed; null: it was not there
     */
    synchronized @Nullable Part<S> remove(ServiceReference<S> reference) {
        Part<S> removed = parts.stream()
                .filter(part -> part.reference().equals(reference))
                .findFirst()
                .orElse(null);
        parts.remove(removed);
        refused.remove(reference);
        Bundle now = chosen;
        if (now != null && parts.stream().noneMatch(part -> part.bundle().equals(now))) {
            chosen = null;
        }
        return removed;
    }

    /**
     * Lets what that bundle offers come first, until another is chosen or it leaves; null: as they are ranked.
     *
     * @return what was chosen before
     */
    synchronized @Nullable Bundle choose(@Nullable Bundle bundle) {
        Bundle before = chosen;
        chosen = bundle;
        parts.stream().filter(part -> part.bundle().equals(bundle)).forEach(part -> refused.remove(part.reference()));
        return before;
    }

    /** The bundle that the operator chose; null: none. */
    @Nullable
    Bundle chosen() {
        return chosen;
    }

    /** It was tried and is no good: it comes last, and is not the chosen one any more. */
    synchronized void refuse(ServiceReference<?> part) {
        refused.add(part);
        if (parts.stream()
                .anyMatch(one -> one.reference().equals(part) && one.bundle().equals(chosen))) {
            chosen = null;
        }
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
        Bundle first = chosen;
        return parts.stream()
                .sorted(Comparator.comparing((Part<S> part) -> refused.contains(part.reference()))
                        .thenComparing(part -> !part.bundle().equals(first))
                        .thenComparing(Part<S>::reference, Comparator.reverseOrder()))
                .toList();
    }
}
