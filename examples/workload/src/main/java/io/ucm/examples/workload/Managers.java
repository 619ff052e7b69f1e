// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import io.ucm.api.ConnectionManager;
import java.util.Comparator;
import java.util.List;

/** The managers that there are, for looking up. */
public record Managers(List<ConnectionManager> all) {

    private static final String OWNER_MODE = "ADMIN";

    /** @param cluster empty: the only one that has the mode */
    public ConnectionManager find(String cluster, String mode) {
        List<ConnectionManager> found = all.stream()
                .filter(manager -> manager.mode().name().equals(mode))
                .filter(manager -> cluster.isEmpty() || manager.cluster().equals(cluster))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        List<String> there = all.stream()
                .map(manager -> manager.cluster() + "/" + manager.mode().name())
                .sorted()
                .toList();
        throw new IllegalArgumentException((found.isEmpty()
                                ? "no manager for mode '%s'%s"
                                : "several clusters have the mode '%s'%s; --cluster chooses")
                        .formatted(mode, cluster.isEmpty() ? "" : " of cluster '" + cluster + "'")
                + "; there are: " + there);
    }

    /** Who may make tables in that manager's cluster: its ADMIN, else whoever writes. */
    public ConnectionManager owner(ConnectionManager manager) {
        return all.stream()
                .filter(other -> other.cluster().equals(manager.cluster()))
                .filter(other -> !other.mode().readOnly())
                .min(Comparator.comparing(other -> !other.mode().name().equals(OWNER_MODE)))
                .orElseThrow(() -> new IllegalStateException(
                        "cluster '" + manager.cluster() + "' has no mode that may write: the workload needs a table"));
    }
}
