// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the files that the configuration names, as last read. Thread-safe; {@link #state} never blocks, the rest
 * reads files.
 *
 * <p>Invariant: content is in force only when it was whole and fitted together, and stays so until better content is
 * there.
 */
final class Certificates {

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    /** @param seen what the files held, or why they could not be read; null: to be looked at again in any case */
    private record Reading(@Nullable String seen, TlsState state) {}

    private final Map<TlsSettings, Reading> readings = new ConcurrentHashMap<>();

    /** Guarded by this object. */
    private final TlsSnapshots snapshots;

    /** @param folder where copies are kept; whatever is in it goes */
    Certificates(Path folder) {
        this.snapshots = new TlsSnapshots(folder);
        clear();
    }

    TlsState state(TlsSettings settings) {
        if (!settings.hasFiles()) {
            return TlsState.of(Tls.withoutFiles(settings.mode()));
        }
        Reading reading = readings.get(settings);
        return reading != null ? reading.state() : new TlsState(null, settings + ": not read yet");
    }

    /** Reads what was never read; blocks for nothing else. */
    void readNew(Set<TlsSettings> named) {
        for (TlsSettings settings : named) {
            if (settings.hasFiles() && !readings.containsKey(settings)) {
                readFirst(settings);
            }
        }
    }

    private synchronized void readFirst(TlsSettings settings) {
        if (!readings.containsKey(settings)) {
            readings.put(settings, read(settings, null));
        }
    }

    /** Looks at all that is named again, and forgets the rest; whether anything changed. */
    synchronized boolean refresh(Set<TlsSettings> named) {
        readings.keySet().retainAll(named);
        boolean changed = false;
        for (TlsSettings settings : named) {
            if (settings.hasFiles()) {
                Reading before = readings.get(settings);
                Reading now = read(settings, before);
                changed |= now != before;
                readings.put(settings, now);
            }
        }
        return changed;
    }

    /** Deletes copies that neither these nor the last readings use. */
    synchronized void sweep(Set<Tls> inUse) {
        Set<Path> used = new HashSet<>();
        inUse.forEach(tls -> add(used, tls));
        readings.values().forEach(reading -> add(used, reading.state().inForce()));
        snapshots.sweep(used);
    }

    /** Leaves no copy. */
    synchronized void close() {
        readings.clear();
        clear();
    }

    private void clear() {
        try {
            snapshots.clear();
        } catch (UncheckedIOException e) {
            LOG.warn("TLS: copies of certificates could not be deleted", e);
        }
    }

    private Reading read(TlsSettings settings, @Nullable Reading before) {
        TlsContent.Raw raw;
        try {
            raw = TlsContent.Raw.read(settings);
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            return before != null && problem.equals(before.seen()) ? before : failed(problem, problem, before);
        }
        String seen = raw.fingerprint();
        if (before != null && seen.equals(before.seen())) {
            return before;
        }
        try {
            TlsContent content = new TlsContent(settings, raw);
            Tls tls = snapshots.keep(settings.mode(), content);
            succeeded(settings, content, before);
            return new Reading(seen, TlsState.of(tls));
        } catch (IllegalArgumentException e) {
            return failed(seen, String.valueOf(e.getMessage()), before);
        } catch (IOException | UncheckedIOException | GeneralSecurityException e) {
            return failed(null, settings + ": no copy could be made for the driver: " + e, before);
        }
    }

    private static Reading failed(@Nullable String seen, String problem, @Nullable Reading before) {
        Tls inForce = before == null ? null : before.state().inForce();
        if (before == null || !problem.equals(before.state().problem())) {
            LOG.warn(
                    "{}; {}",
                    problem,
                    inForce == null
                            ? "nothing connects with it until that is mended"
                            : "what was there before stays in force until that is mended");
        }
        return new Reading(seen, new TlsState(inForce, problem));
    }

    private static void succeeded(TlsSettings settings, TlsContent content, @Nullable Reading before) {
        if (before != null) {
            LOG.info("{}: new content is in force", settings);
        }
        content.warnings().forEach(LOG::warn);
    }

    private static void add(Set<Path> paths, @Nullable Tls tls) {
        if (tls != null && tls.folder() != null) {
            paths.add(tls.folder());
        }
    }
}
