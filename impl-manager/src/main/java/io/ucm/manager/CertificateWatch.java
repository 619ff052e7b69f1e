// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the certificates' files every two seconds, and says when their content changed. The files are read each time:
 * they are small, and dates and sizes can stay the same. Thread-safe; one look at a time.
 */
final class CertificateWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Threads threads;
    private final Certificates certificates;
    private final Supplier<Set<TlsSettings>> named;
    private final Supplier<Set<Tls>> inUse;
    private final Runnable changed;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final ScheduledFuture<?> schedule;

    /** @param changed called outside any lock, on a background thread */
    CertificateWatch(
            Threads threads,
            Certificates certificates,
            Supplier<Set<TlsSettings>> named,
            Supplier<Set<Tls>> inUse,
            Runnable changed) {
        this(threads, certificates, named, inUse, changed, EVERY);
    }

    /** The same, with another time between two looks. */
    CertificateWatch(
            Threads threads,
            Certificates certificates,
            Supplier<Set<TlsSettings>> named,
            Supplier<Set<Tls>> inUse,
            Runnable changed,
            Duration every) {
        this.threads = threads;
        this.certificates = certificates;
        this.named = named;
        this.inUse = inUse;
        this.changed = changed;
        this.schedule = threads.timer()
                .scheduleWithFixedDelay(this::lookSoon, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    void close() {
        schedule.cancel(false);
    }

    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            try {
                threads.background().execute(this::look);
            } catch (RejectedExecutionException e) {
                // The bundle stops.
                looking.set(false);
            }
        }
    }

    private void look() {
        try {
            if (certificates.refresh(named.get())) {
                changed.run();
            }
            certificates.sweep(inUse.get());
        } catch (RuntimeException e) {
            LOG.warn("TLS: the certificates could not be looked at; that is tried again", e);
        } finally {
            looking.set(false);
        }
    }
}
