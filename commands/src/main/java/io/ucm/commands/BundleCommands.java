// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.commands;

import java.util.Arrays;
import java.util.Comparator;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code felix:start} by symbolic name too, as {@code felix:stop} and {@code felix:update} take it; and one that fails
 * when it does not start a bundle. Goes before the one that Gogo brings.
 */
@Component(
        service = BundleCommands.class,
        property = {"osgi.command.scope=felix", "osgi.command.function=start", "service.ranking:Integer=1"})
public final class BundleCommands {

    private final BundleContext context;

    @Activate
    public BundleCommands(BundleContext context) {
        this.context = context;
    }

    @Descriptor("starts bundles")
    public void start(
            @Descriptor("until the container stops: it is not remembered")
                    @Parameter(
                            names = {"-t", "--transient"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean isTransient,
            @Descriptor("by the bundle's own activation policy")
                    @Parameter(
                            names = {"-p", "--policy"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean policy,
            @Descriptor("ids, symbolic names, or URLs to install from") String[] bundles)
            throws BundleException {
        if (bundles.length == 0) {
            throw new IllegalArgumentException(
                    "felix:start needs an id, a symbolic name or a URL; felix:lb lists them");
        }
        for (String name : bundles) {
            bundle(name)
                    .start((isTransient ? Bundle.START_TRANSIENT : 0) | (policy ? Bundle.START_ACTIVATION_POLICY : 0));
        }
    }

    private Bundle bundle(String name) throws BundleException {
        if (name.contains(":")) {
            return context.installBundle(name);
        }
        return Arrays.stream(context.getBundles())
                .filter(bundle ->
                        name.equals(bundle.getSymbolicName()) || name.equals(Long.toString(bundle.getBundleId())))
                .max(Comparator.comparing(Bundle::getVersion))
                .orElseThrow(() -> new IllegalArgumentException(
                        "no bundle '%s': an id, a symbolic name or a URL is needed; felix:lb lists them"
                                .formatted(name)));
    }
}
