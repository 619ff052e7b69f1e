// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.shell.Json;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The caches' shell command. It returns a record that prints as tables, or with {@code --json} one line. */
@Component(
        service = CacheCommands.class,
        property = {"osgi.command.scope=ucm", "osgi.command.function=cache"})
public final class CacheCommands {

    private final Caches caches;

    @Activate
    public CacheCommands(@Reference(name = "caches") Caches caches) {
        this.caches = caches;
    }

    @Descriptor("the figures of the caches, level by level")
    public Object cache(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("one cluster only")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster) {
        return cache(json, cluster, "");
    }

    @Descriptor("the figures of one region")
    public Object cache(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("one cluster only")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the region, such as products") String region) {
        CacheReport report = CacheReport.of(caches.clusters(), cluster, region);
        return json ? Json.line(report) : report;
    }
}
