// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.RoleExchange;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets Patroni exchange the roles of one cluster. Thread-safe. */
final class PatroniExchange implements RoleExchange {

    private final PatroniApi api;
    private final Supplier<@Nullable ClusterSettings> cluster;

    /** @param cluster as it is configured now; null when it is not any more */
    PatroniExchange(PatroniApi api, Supplier<@Nullable ClusterSettings> cluster) {
        this.api = api;
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return "Patroni";
    }

    @Override
    public void exchange(String primary, String target) throws IOException, InterruptedException {
        ClusterSettings now = cluster.get();
        if (now == null) {
            throw new IOException("the cluster is not configured with patroni any more");
        }
        PatroniReply reply = api.switchover(now.patroni(), primary, target);
        if (!reply.did()) {
            throw new IOException(reply.whyNot(now.patroni().user()));
        }
    }
}
