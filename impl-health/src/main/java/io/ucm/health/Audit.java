// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.ConnectionManager;
import io.ucm.health.AuditReport.Through;
import io.ucm.health.BundleFacts.PackageWire;
import io.ucm.health.BundleFacts.UsedService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who reaches the database or Redis through UCM, and who past it, by wires, content and services. */
final class Audit {

    /** By a package of another bundle. */
    static final String WIRE = "wire";

    /** By a library of its own. */
    static final String INSIDE = "inside";

    /** By a service that is not UCM's. */
    static final String SERVICE = "service";

    private Audit() {}

    static AuditReport of(List<BundleFacts> bundles, Excuses excuses) {
        List<Through> through = new ArrayList<>();
        List<Past> past = new ArrayList<>();
        Set<Long> counted = new TreeSet<>();
        Set<Long> around = new TreeSet<>();
        for (BundleFacts bundle : bundles) {
            through(bundle).ifPresent(found -> {
                through.add(found);
                counted.add(bundle.id());
            });
            List<Past> found = past(bundle, excuses);
            past.addAll(found);
            if (found.stream().anyMatch(way -> way.excused() == null)) {
                around.add(bundle.id());
            }
        }
        counted.removeAll(around);
        return AuditReport.of(counted.size(), around.size(), through, past);
    }

    private static Optional<Through> through(BundleFacts bundle) {
        Map<String, Set<String>> used = new TreeMap<>();
        bundle.uses().stream().filter(UsedService::ucm).filter(Audit::isWay).forEach(service -> used.computeIfAbsent(
                        simple(service.type()), type -> new TreeSet<>())
                .add(service.label()));
        return used.isEmpty()
                ? Optional.empty()
                : Optional.of(new Through(
                        bundle.name(),
                        bundle.version(),
                        bundle.id(),
                        used.entrySet().stream()
                                .map(type -> type.getKey() + " " + String.join(", ", type.getValue()))
                                .collect(Collectors.joining("; "))));
    }

    private static boolean isWay(UsedService service) {
        return service.type().equals(ConnectionManager.class.getName())
                || service.type().equals("javax.sql.DataSource");
    }

    private static List<Past> past(BundleFacts bundle, Excuses excuses) {
        List<Past> past = new ArrayList<>();
        Map<Library, Set<String>> wired = new TreeMap<>();
        for (PackageWire wire : bundle.wires()) {
            Library.of(wire.packageName()).ifPresent(library -> wired.computeIfAbsent(library, l -> new TreeSet<>())
                    .add(wire.packageName() + " from " + wire.provider()));
        }
        wired.forEach((library, wires) -> past.add(new Past(
                bundle.name(),
                WIRE,
                "is wired to " + String.join(", ", wires),
                excuses.reason(bundle, WIRE, library))));
        bundle.inside().stream()
                .sorted()
                .forEach(library -> past.add(new Past(
                        bundle.name(),
                        INSIDE,
                        "has " + library.knownClass() + " inside",
                        excuses.reason(bundle, INSIDE, library))));
        bundle.uses().stream()
                .filter(service -> !service.ucm())
                .sorted(Comparator.comparing(UsedService::type))
                .distinct()
                .forEach(service -> past.add(new Past(
                        bundle.name(),
                        SERVICE,
                        "uses the %s of %s".formatted(simple(service.type()), service.provider()),
                        excuses.reason(bundle, SERVICE, null))));
        return past;
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
