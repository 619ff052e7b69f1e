// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bundles all of whose classes are loaded. When a bundle is updated or uninstalled the framework may drop its old content
 * at once, and what its objects then need for the first time is not found; connections that are still out need much for the
 * first time when they are closed. Thread-safe.
 */
final class LoadedBundles {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedBundles.class);

    private static final String CLASS = ".class";

    /** Weak, so that it keeps none. Guarded by this. */
    private final Set<BundleWiring> loaded = Collections.newSetFromMap(new WeakHashMap<>());

    /** Likewise weak; not guarded by this, because whoever asks must not wait for a load. */
    private final Set<BundleWiring> planned =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Whether nobody was told so of this content before: who is told loads it in a while, when the start is over. */
    boolean isToBePlanned(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        return wiring != null && planned.add(wiring);
    }

    /** Loads what is not loaded yet: blocks for some tenths of a second the first time. */
    synchronized void load(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        if (wiring == null || !loaded.add(wiring)) {
            return;
        }
        ClassLoader loader = wiring.getClassLoader();
        Collection<String> resources = wiring.listResources(
                "/", "*" + CLASS, BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE);
        long classes = resources.stream()
                .filter(path -> !path.startsWith("META-INF/") && !path.endsWith("module-info.class"))
                .filter(path ->
                        load(path.substring(0, path.length() - CLASS.length()).replace('/', '.'), loader))
                .count();
        LOG.debug("{} of {} classes of {} are loaded", classes, resources.size(), bundle);
    }

    /** What needs a package that is not there can't be loaded, nor needed. */
    private static boolean load(String name, ClassLoader loader) {
        try {
            // The methods' signatures name more classes.
            return Class.forName(name, false, loader).getDeclaredMethods().length >= 0;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
