// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/** The bundles that use one manager, each from its first look at it until it stops. Thread-safe. */
final class Consumers {

    private final Map<Long, Consumer> byBundle = new ConcurrentHashMap<>();

    Consumer of(Bundle bundle) {
        return byBundle.computeIfAbsent(bundle.getBundleId(), id -> new Consumer(bundle));
    }

    /** The bundle has stopped: whoever asks for it from now on is a new one. */
    @Nullable
    Consumer remove(Bundle bundle) {
        return byBundle.remove(bundle.getBundleId());
    }

    /** By bundle id. */
    List<Consumer> all() {
        return byBundle.values().stream()
                .sorted(Comparator.comparing(Consumer::bundleId))
                .toList();
    }
}
