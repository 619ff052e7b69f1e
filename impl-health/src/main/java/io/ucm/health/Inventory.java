// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.ConnectionManager;
import io.ucm.health.BundleFacts.PackageWire;
import io.ucm.health.BundleFacts.UsedService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Reads from the framework what the audit looks at. */
final class Inventory {

    /** The types of services that give a way to a database. */
    private static final List<String> WAYS = List.of(
            ConnectionManager.class.getName(), "javax.sql.DataSource", "org.osgi.service.jdbc.DataSourceFactory");

    private Inventory() {}

    /** The bundles that run, but for the framework and this one, whose own look does not count. */
    static List<BundleFacts> of(BundleContext context) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getBundleId() != Constants.SYSTEM_BUNDLE_ID)
                .filter(bundle -> !bundle.equals(context.getBundle()))
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING)
                .map(Inventory::facts)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Null when it has just gone. */
    private static @Nullable BundleFacts facts(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        if (wiring == null || !wiring.isInUse()) {
            return null;
        }
        return new BundleFacts(
                String.valueOf(bundle.getSymbolicName()),
                bundle.getVersion().toString(),
                bundle.getBundleId(),
                wires(wiring),
                inside(wiring),
                provides(bundle),
                uses(bundle),
                runs(bundle));
    }

    private static List<PackageWire> wires(BundleWiring wiring) {
        List<PackageWire> wires = new ArrayList<>();
        for (BundleWire wire : wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
            wires.add(new PackageWire(
                    packageName(wire.getCapability()), name(wire.getProvider().getBundle())));
        }
        for (BundleWire wire : wiring.getRequiredWires(BundleNamespace.BUNDLE_NAMESPACE)) {
            for (BundleCapability capability :
                    wire.getProviderWiring().getCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
                wires.add(new PackageWire(
                        packageName(capability), name(wire.getProvider().getBundle())));
            }
        }
        return wires;
    }

    private static String packageName(BundleCapability capability) {
        return String.valueOf(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE));
    }

    private static Set<Library> inside(BundleWiring wiring) {
        Set<Library> inside = EnumSet.noneOf(Library.class);
        for (Library library : Library.values()) {
            String file = library.knownClass().substring(library.folder().length() + 1);
            if (!wiring.listResources(library.folder(), file, BundleWiring.LISTRESOURCES_LOCAL)
                    .isEmpty()) {
                inside.add(library);
            }
        }
        return inside;
    }

    private static Set<String> provides(Bundle bundle) {
        return services(bundle.getRegisteredServices())
                .flatMap(service -> Arrays.stream(types(service)))
                .collect(Collectors.toSet());
    }

    private static List<UsedService> uses(Bundle bundle) {
        List<UsedService> uses = new ArrayList<>();
        services(bundle.getServicesInUse()).forEach(service -> {
            Bundle provider = service.getBundle();
            List<String> types = Arrays.asList(types(service));
            WAYS.stream()
                    .filter(types::contains)
                    .filter(way -> provider != null && !provider.equals(bundle))
                    .forEach(way -> uses.add(new UsedService(way, label(service), name(provider), ofUcm(provider))));
        });
        return uses;
    }

    private static String label(ServiceReference<?> service) {
        Object cluster = service.getProperty(ConnectionManager.CLUSTER);
        return cluster == null ? "" : cluster + "/" + service.getProperty(ConnectionManager.MODE);
    }

    /** The managers come in two services each, from one bundle. */
    private static boolean ofUcm(Bundle provider) {
        return provides(provider).contains(ConnectionManager.class.getName());
    }

    private static boolean runs(Bundle bundle) {
        return Stream.of(Constants.BUNDLE_ACTIVATOR, "Service-Component", "Bundle-Blueprint")
                .anyMatch(header -> bundle.getHeaders("").get(header) != null);
    }

    private static Stream<ServiceReference<?>> services(ServiceReference<?> @Nullable [] references) {
        return references == null ? Stream.of() : Arrays.stream(references);
    }

    private static String[] types(ServiceReference<?> service) {
        return (String[]) service.getProperty(Constants.OBJECTCLASS);
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
