// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Namespace;

/**
 * Says which packages keep a bundle from starting, in which version they are wanted, and which there are. Thread-safe.
 *
 * <p>Whoever starts bundles tries again whenever another one came: what was said of a bundle is no news until it changes.
 */
final class Unresolved {

    /** How the framework puts it, 'Unable to resolve NAME [ID](R REVISION)'; the log service keeps the text only. */
    private static final Pattern BUNDLE = Pattern.compile("Unable to resolve .*?\\[(\\d+)\\]", Pattern.DOTALL);

    /** Bounds of a range in a filter. */
    private static final Pattern BOUND =
            Pattern.compile("\\(" + PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE + "(>=|<=)([^)]+)\\)");

    /** What was said of a bundle in the state it was in. */
    private record Said(long lastModified, String text) {}

    private final BundleContext context;
    private final Map<Long, Said> said = new ConcurrentHashMap<>();

    Unresolved(BundleContext context) {
        this.context = context;
    }

    /** A description, and whether it is the first of its kind. */
    record Reason(String text, boolean isNews) {}

    /** Nothing if the failure is another, or no package is missing. */
    Optional<Reason> describe(Throwable failure) {
        Matcher matcher = BUNDLE.matcher(String.valueOf(failure.getMessage()));
        Bundle bundle = matcher.find() ? context.getBundle(Long.parseLong(matcher.group(1))) : null;
        BundleRevision revision = bundle == null ? null : bundle.adapt(BundleRevision.class);
        if (bundle == null || revision == null) {
            return Optional.empty();
        }
        List<String> missing = new ArrayList<>();
        for (BundleRequirement wanted : revision.getDeclaredRequirements(PackageNamespace.PACKAGE_NAMESPACE)) {
            if (isMandatory(wanted)) {
                describe(wanted).ifPresent(missing::add);
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(reason(
                        bundle,
                        "bundle %s %s can't start: %s"
                                .formatted(bundle.getSymbolicName(), bundle.getVersion(), String.join("; ", missing))));
    }

    private Reason reason(Bundle bundle, String text) {
        Said now = new Said(bundle.getLastModified(), text);
        return new Reason(text, !now.equals(said.put(bundle.getBundleId(), now)));
    }

    private static boolean isMandatory(BundleRequirement wanted) {
        return !Namespace.RESOLUTION_OPTIONAL.equals(
                        wanted.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))
                && !"dynamic".equals(wanted.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE));
    }

    private Optional<String> describe(BundleRequirement wanted) {
        String filter = wanted.getDirectives().getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
        String name = packageName(filter);
        List<BundleCapability> offered =
                exports().filter(export -> name.equals(packageName(export))).toList();
        if (offered.stream().anyMatch(wanted::matches)) {
            return Optional.empty();
        }
        return Optional.of("it imports %s%s, %s"
                .formatted(
                        name,
                        range(filter),
                        offered.isEmpty()
                                ? "which nobody exports"
                                : "there is "
                                        + String.join(
                                                ", ",
                                                offered.stream()
                                                        .map(Unresolved::describe)
                                                        .toList())));
    }

    private Stream<BundleCapability> exports() {
        return Stream.of(context.getBundles())
                .map(bundle -> bundle.adapt(BundleRevision.class))
                .filter(revision -> revision != null)
                .flatMap(revision -> revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream());
    }

    private static String packageName(BundleCapability export) {
        return String.valueOf(export.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE));
    }

    private static String packageName(String filter) {
        Matcher matcher = Pattern.compile("\\(" + PackageNamespace.PACKAGE_NAMESPACE + "=([^)]+)\\)")
                .matcher(filter);
        return matcher.find() ? matcher.group(1) : filter;
    }

    private static String describe(BundleCapability export) {
        BundleRevision revision = export.getRevision();
        return "%s of %s %s"
                .formatted(
                        export.getAttributes().get(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE),
                        revision.getSymbolicName(),
                        revision.getVersion());
    }

    /** As an Import-Package header says it: {@code [1.0.0,2.0.0)}; nothing if any version will do. */
    private static String range(String filter) {
        String low = "";
        String high = "";
        Matcher matcher = BOUND.matcher(filter);
        while (matcher.find()) {
            boolean negated = filter.lastIndexOf("(!", matcher.start()) == matcher.start() - 2;
            String bound = matcher.group(2);
            if (matcher.group(1).equals(">=") && !negated) {
                low = "[" + bound;
            } else if (matcher.group(1).equals("<=") && negated) {
                low = "(" + bound;
            } else {
                high = negated ? bound + ")" : bound + "]";
            }
        }
        if (low.isEmpty() && high.isEmpty()) {
            return "";
        }
        return " " + (low.isEmpty() ? "[0" : low) + "," + (high.isEmpty() ? "∞)" : high);
    }
}
