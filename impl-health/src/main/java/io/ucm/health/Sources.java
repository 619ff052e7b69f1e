// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of one kind that are there. One that throws spoils nothing of what the others say, and is logged once.
 * Thread-safe.
 */
final class Sources<S> {

    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private record Source<S>(ServiceReference<S> reference, S service, String name, AtomicBoolean logged) {}

    private final List<Source<S>> sources = new CopyOnWriteArrayList<>();

    void add(ServiceReference<S> reference, S service) {
        String name = "service %s of %s"
                .formatted(
                        reference.getProperty(Constants.SERVICE_ID),
                        reference.getBundle().getSymbolicName());
        sources.add(new Source<>(reference, service, name, new AtomicBoolean()));
    }

    void remove(ServiceReference<S> reference) {
        sources.removeIf(source -> source.reference().equals(reference));
    }

    /**
     * What all of them answer.
     *
     * @param failed what counts as the answer of one that throws; gets its name
     */
    <T> List<T> ask(Function<S, List<T>> question, BiFunction<String, Throwable, List<T>> failed) {
        return sources.stream()
                .flatMap(source -> answers(source, question, failed))
                .toList();
    }

    private static <S, T> Stream<T> answers(
            Source<S> source, Function<S, List<T>> question, BiFunction<String, Throwable, List<T>> failed) {
        try {
            return List.copyOf(question.apply(source.service())).stream();
        } catch (RuntimeException | LinkageError e) {
            if (source.logged().compareAndSet(false, true)) {
                LOG.warn("{} failed", source.name(), e);
            }
            return failed.apply(source.name(), e).stream();
        }
    }
}
