// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.manager.WhyReport.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** Bundles that were to run and do not: what they need and nobody offers, or that they failed. */
final class UnresolvedBundles {

    private UnresolvedBundles() {}

    static List<Finding> find(BundleContext context) {
        List<Finding> findings = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            String name =
                    "bundle %s %s [%d]".formatted(bundle.getSymbolicName(), bundle.getVersion(), bundle.getBundleId());
            if (bundle.getState() == Bundle.INSTALLED) {
                findings.add(new Finding(null, name, "is not resolved: " + missing(context, bundle)));
            } else if (failedToStart(context, bundle)) {
                findings.add(new Finding(null, name, "was to be started, and failed; the log says why"));
            }
        }
        return findings;
    }

    private static String missing(BundleContext context, Bundle bundle) {
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        List<String> missing = bundle.adapt(BundleRevision.class).getDeclaredRequirements(null).stream()
                .filter(UnresolvedBundles::isMandatory)
                .filter(requirement -> framework.findProviders(requirement).isEmpty())
                .map(requirement -> describe(context, requirement))
                .toList();
        return missing.isEmpty()
                ? "what offers what it needs is itself not resolved, or it was not started yet"
                : "nothing offers " + String.join(", ", missing);
    }

    /** Not optional, and not a dynamic import. */
    private static boolean isMandatory(BundleRequirement requirement) {
        return "mandatory".equals(requirement.getDirectives().getOrDefault("resolution", "mandatory"));
    }

    private static String describe(BundleContext context, BundleRequirement requirement) {
        String filter = requirement.getDirectives().getOrDefault("filter", "");
        if (!requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            return requirement.getNamespace() + " " + filter;
        }
        List<String> there = Arrays.stream(context.getBundles())
                .map(bundle -> bundle.adapt(BundleWiring.class))
                .filter(Objects::nonNull)
                .flatMap(wiring -> wiring.getCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream())
                .filter(capability ->
                        filter.contains("(" + PackageNamespace.PACKAGE_NAMESPACE + "=" + name(capability) + ")"))
                .map(capability -> "%s of %s"
                        .formatted(
                                capability.getAttributes().get("version"),
                                capability.getRevision().getSymbolicName()))
                .toList();
        return "the package " + filter
                + (there.isEmpty() ? "" : " (there is version " + String.join(", ", there) + ")");
    }

    private static Object name(BundleCapability capability) {
        return capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE);
    }

    private static boolean failedToStart(BundleContext context, Bundle bundle) {
        BundleStartLevel own = bundle.adapt(BundleStartLevel.class);
        int reached = context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel();
        return bundle.getState() == Bundle.RESOLVED
                && bundle.getHeaders().get("Fragment-Host") == null
                && own.isPersistentlyStarted()
                && own.getStartLevel() <= reached;
    }
}
