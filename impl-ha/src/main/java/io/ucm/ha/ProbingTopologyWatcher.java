// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.settings.Attributes;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import io.ucm.spi.WatchedCluster;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the slot {@code ha}: asks each node over connections of its own. A configuration that is refused leaves the defaults
 * in force: a cluster that nobody watches would be worse. What it remembers of a cluster is kept in the
 * folder {@code ha} of the framework property {@code ucm.state.folder}, or else in the bundle's own storage.
 */
@Component(
        configurationPid = HaSettings.PID,
        service = {TopologyWatcher.class, ProbingTopologyWatcher.class})
@Designate(ocd = HaConfig.class)
public final class ProbingTopologyWatcher implements TopologyWatcher {

    private static final String FOLDER = "ha";

    private static final Logger LOG = LoggerFactory.getLogger(ProbingTopologyWatcher.class);

    private final HaSettings settings;
    private final @Nullable String refused;
    private final Path folder;
    private final List<ClusterWatch> watches = new CopyOnWriteArrayList<>();

    @Activate
    public ProbingTopologyWatcher(HaConfig config, Map<String, Object> properties, BundleContext context) {
        HaSettings taken = HaSettings.BUILT_IN;
        String why = null;
        try {
            Attributes.check(HaConfig.class, properties);
            taken = HaSettings.of(config);
        } catch (IllegalArgumentException e) {
            why = "%s; the defaults are in force".formatted(e.getMessage());
            LOG.error("configuration {}: {}", HaSettings.PID, why);
        }
        this.settings = taken;
        this.refused = why;
        this.folder = folder(context);
    }

    ProbingTopologyWatcher(HaSettings settings, Path folder) {
        this.settings = settings;
        this.refused = null;
        this.folder = folder;
    }

    HaSettings settings() {
        return settings;
    }

    /** Why the configuration was refused; null: it was not. */
    @Nullable
    String refused() {
        return refused;
    }

    @Override
    public TopologyWatch watch(WatchedCluster cluster, Consumer<Topology> listener) {
        ClusterWatch watch =
                new ClusterWatch(cluster, settings, new Memory(folder, cluster.name()), listener, watches::remove);
        watches.add(watch);
        watch.start();
        return watch;
    }

    /** Those that are open, by cluster; of several for the same one, the latest. */
    SortedMap<String, ClusterWatch> byCluster() {
        SortedMap<String, ClusterWatch> latest = new TreeMap<>();
        watches.forEach(watch -> latest.put(watch.cluster(), watch));
        return latest;
    }

    @Deactivate
    void deactivate() {
        watches.forEach(ClusterWatch::close);
    }

    private static Path folder(BundleContext context) {
        String state = context.getProperty("ucm.state.folder");
        if (state != null && !state.isBlank()) {
            return Path.of(state, FOLDER);
        }
        File own = context.getDataFile(FOLDER);
        if (own == null) {
            throw new IllegalStateException(
                    "there is no folder to remember the clusters' histories in; set the framework property ucm.state.folder");
        }
        return own.toPath();
    }
}
