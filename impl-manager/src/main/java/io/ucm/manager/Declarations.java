// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CommitOutcome;
import io.ucm.manager.Declared.Problem;
import io.ucm.settings.Origin;
import io.ucm.spi.CacheSettings;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters and modes that the configuration declares. Says what is wrong with one, once. Thread-safe: both kinds are
 * guarded by its monitor, under which nothing blocks.
 */
final class Declarations {

    private static final Logger LOG = LoggerFactory.getLogger(Declarations.class);

    private final Declared<String, ClusterSettings> clusters = new Declared<>("the cluster '%s'");
    private final Declared<ManagerKey, ModeSettings> modes = new Declared<>("'%s'");
    private final PatroniMembers members;

    /** @param members the nodes of the clusters that don't name their own */
    Declarations(PatroniMembers members) {
        this.members = members;
    }

    /**
     * What is in force at one moment.
     *
     * @param modes those whose cluster isn't declared included
     */
    record InForce(Map<String, ClusterSettings> clusters, Map<ManagerKey, ModeSettings> modes) {

        static final InForce NOTHING = new InForce(Map.of(), Map.of());

        /** The modes that have a cluster. */
        Map<ManagerKey, ModeSettings> complete() {
            Map<ManagerKey, ModeSettings> complete = new LinkedHashMap<>(modes);
            complete.keySet().removeIf(key -> !clusters.containsKey(key.cluster()));
            return complete;
        }

        /** What the caches of a cluster's modes are to be. */
        Set<CacheSettings> caches(String cluster) {
            return complete().values().stream()
                    .filter(mode -> mode.key().cluster().equals(cluster))
                    .map(ModeSettings::cache)
                    .collect(Collectors.toSet());
        }

        /** The roles of a cluster's modes whose writes leave tokens. */
        Set<String> writers(String cluster) {
            return complete().values().stream()
                    .filter(mode -> mode.key().cluster().equals(cluster)
                            && !mode.profile().readOnly()
                            && mode.profile().commitOutcome() == CommitOutcome.RESOLVED)
                    .map(ModeSettings::user)
                    .collect(Collectors.toSet());
        }

        /** The certificates that are named. */
        Set<TlsSettings> tls() {
            Set<TlsSettings> named = new HashSet<>();
            clusters.values().forEach(cluster -> named.add(cluster.tls()));
            complete().values().forEach(mode -> named.add(cluster(mode).tls().with(mode.certificate())));
            return named;
        }

        ClusterSettings cluster(ModeSettings mode) {
            return Objects.requireNonNull(clusters.get(mode.key().cluster()));
        }
    }

    void cluster(Object owner, Origin origin, Supplier<ClusterSettings> settings) {
        declare(clusters, owner, origin, settings, ClusterSettings::name);
    }

    void mode(Object owner, Origin origin, Supplier<ModeSettings> settings) {
        declare(modes, owner, origin, settings, ModeSettings::key);
    }

    /** Takes back what that component declared. */
    synchronized void remove(Object owner) {
        clusters.remove(owner);
        modes.remove(owner);
    }

    synchronized InForce inForce() {
        Map<String, ClusterSettings> completed = clusters.inForce();
        completed.replaceAll((name, cluster) -> members.completed(cluster));
        return new InForce(completed, modes.inForce());
    }

    /** The clusters whose nodes Patroni names, as they are configured. */
    synchronized Map<String, ClusterSettings> ofPatroni() {
        Map<String, ClusterSettings> configured = clusters.inForce();
        configured.values().removeIf(cluster -> cluster.patroni().isEmpty());
        return configured;
    }

    /** The configurations that are not in force, and why. */
    synchronized List<Problem> problems() {
        return Stream.concat(clusters.problems().stream(), modes.problems().stream())
                .toList();
    }

    private <K, S> void declare(
            Declared<K, S> declared, Object owner, Origin origin, Supplier<S> settings, Function<S, K> key) {
        S good = null;
        String refusal = "";
        try {
            good = settings.get();
        } catch (RuntimeException e) {
            refusal = Objects.toString(e.getMessage(), e.toString());
        }
        Problem before;
        Problem after;
        synchronized (this) {
            before = declared.problem(owner);
            if (good == null) {
                declared.refuse(owner, origin, refusal);
            } else {
                declared.put(owner, origin, key.apply(good), good);
            }
            after = declared.problem(owner);
        }
        if (after != null && !after.equals(before)) {
            LOG.error("{}", after);
        }
    }
}
