// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.io.IOException;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Starts and stops the servers of one cluster: the service of whoever controls their processes, with the property {@value
 * #CLUSTER}. Without one, roles are not exchanged by plan. Thread-safe; each method blocks until it is done, and an
 * interrupt ends it.
 */
@ConsumerType
public interface ServerControl {

    /** Service property: the cluster's name. */
    String CLUSTER = "ucm.cluster";

    /**
     * Stops a running server cleanly: its sessions end, and the standbys that stream from it get all that it has written.
     * Throws when it still runs after the limit.
     */
    void stop(String node, Duration limit) throws IOException, InterruptedException;

    /** Starts a stopped server in the role that it had. */
    void start(String node) throws IOException, InterruptedException;

    /**
     * Starts a stopped server as a standby of that primary, on the data that it has; if it does not stream within the limit,
     * on a fresh copy of the primary's.
     *
     * @return whether it needed a fresh copy
     */
    boolean startAsStandby(String node, String primary, Duration limit) throws IOException, InterruptedException;
}
