// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.List;
import java.util.Set;

/**
 * What the audit looks at in one running bundle. Immutable.
 *
 * @param wires packages that it got from other bundles
 * @param inside libraries whose classes are in the bundle or in its jars
 * @param provides the types of the services that it registered
 * @param uses the services of others that it holds
 * @param runs whether it has code that runs by itself: an activator or components
 */
record BundleFacts(
        String name,
        String version,
        long id,
        List<PackageWire> wires,
        Set<Library> inside,
        Set<String> provides,
        List<UsedService> uses,
        boolean runs) {

    BundleFacts {
        wires = List.copyOf(wires);
        inside = Set.copyOf(inside);
        provides = Set.copyOf(provides);
        uses = List.copyOf(uses);
    }

    /** A package and the bundle that it comes from. */
    record PackageWire(String packageName, String provider) {}

    /**
     * A service that a bundle holds.
     *
     * @param type the one of its types that gives a way to a database
     * @param label which of the kind it is, such as {@code main/ADMIN}; empty where it says nothing
     * @param provider the bundle that registered it
     * @param ucm whether that is the bundle of the managers
     */
    record UsedService(String type, String label, String provider, boolean ucm) {}
}
