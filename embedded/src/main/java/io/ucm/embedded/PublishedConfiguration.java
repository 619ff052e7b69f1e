// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The configurations that point at the running servers, for bundles of any location. Written by one thread, after which
 * any thread may delete them. One that an earlier run left under the same name is overwritten.
 */
final class PublishedConfiguration {

    static final String CLUSTER = "main";
    private static final String ANY_LOCATION = "?";

    private final ConfigurationAdmin admin;
    /** The latest first; guarded by this. */
    private final Deque<Configuration> published = new ArrayDeque<>();

    PublishedConfiguration(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /**
     * The cluster is to be made anew, with another identity: what bundles remembered of the old one, in files of their folders
     * that begin with its name and a dot, would make them refuse it.
     */
    static void forget(@Nullable Path state) throws IOException {
        if (state != null && Files.isDirectory(state)) {
            for (Path bundle : Folders.list(state)) {
                if (Files.isDirectory(bundle)) {
                    forgetIn(bundle);
                }
            }
        }
    }

    private static void forgetIn(Path bundle) throws IOException {
        for (Path remembered : Folders.list(bundle)) {
            if (remembered.getFileName().toString().startsWith(CLUSTER + ".")) {
                Folders.delete(remembered);
            }
        }
    }

    void publish(PostgresCluster postgres, RedisNode redis) throws IOException {
        update(
                admin.getConfiguration("io.ucm.redis", ANY_LOCATION),
                Map.of(
                        "host",
                        "127.0.0.1",
                        "port",
                        redis.port(),
                        ".password",
                        redis.credentials().password()));
        ClusterRoles roles = postgres.roles();
        String[] nodes = postgres.nodes().stream()
                .map(node -> node.id() + "=127.0.0.1:" + node.port())
                .toArray(String[]::new);
        update(
                admin.getFactoryConfiguration("io.ucm.cluster", CLUSTER, ANY_LOCATION),
                Map.of(
                        "cluster",
                        CLUSTER,
                        "nodes",
                        nodes,
                        "failover.policy",
                        "PROMOTE",
                        "database",
                        "ucm",
                        "user",
                        roles.highAvailability().user(),
                        ".password",
                        roles.highAvailability().password()));
        for (Map.Entry<String, Credentials> mode : roles.modes().entrySet()) {
            update(
                    admin.getFactoryConfiguration("io.ucm.mode", CLUSTER + "-" + mode.getKey(), ANY_LOCATION),
                    Map.of(
                            "cluster",
                            CLUSTER,
                            "mode",
                            mode.getKey(),
                            "user",
                            mode.getValue().user(),
                            ".password",
                            mode.getValue().password()));
        }
    }

    private synchronized void update(Configuration configuration, Map<String, Object> properties) throws IOException {
        published.push(configuration);
        Dictionary<String, Object> dictionary = new Hashtable<>(properties);
        configuration.update(dictionary);
    }

    /** Deletes what was published; somebody else may have done so. */
    synchronized void delete() throws IOException {
        while (!published.isEmpty()) {
            try {
                published.pop().delete();
            } catch (IllegalStateException e) {
                // Deleted already.
            }
        }
    }
}
