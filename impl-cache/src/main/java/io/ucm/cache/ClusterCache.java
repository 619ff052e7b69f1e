// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheSettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** What all modes of one cluster share. Thread-safe. */
final class ClusterCache implements AutoCloseable {

    private static final int MAX_REGIONS = 1_000;

    private final String name;
    private final NearCaches near = new NearCaches();
    private final Figures figures = new Figures(MAX_REGIONS);
    private final RemoteCache remote;
    private final List<TwoLevels> modes = new CopyOnWriteArrayList<>();
    private final Consumer<TwoLevels> onClose;

    /** @param remote makes the remote cache, given the cluster's name and its near caches */
    ClusterCache(String name, BiFunction<String, NearCaches, RemoteCache> remote, Consumer<TwoLevels> onClose) {
        this.name = name;
        this.remote = remote.apply(name, near);
        this.onClose = onClose;
    }

    TwoLevels open(CacheSettings settings, Jitter jitter, Ticker ticker, Executor answers) {
        TwoLevels opened = new TwoLevels(settings, this, jitter, ticker, answers);
        modes.add(opened);
        return opened;
    }

    void closed(TwoLevels mode) {
        modes.remove(mode);
        onClose.accept(mode);
    }

    String name() {
        return name;
    }

    NearCaches near() {
        return near;
    }

    RemoteCache remote() {
        return remote;
    }

    Figures figures() {
        return figures;
    }

    /** Those that are open. */
    List<TwoLevels> modes() {
        return modes;
    }

    /** Closes the remote cache, after the last mode. */
    @Override
    public void close() {
        remote.close();
    }
}
