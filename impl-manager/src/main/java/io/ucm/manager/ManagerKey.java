// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/** Which manager: a mode of a cluster. Prints as its pool is called, {@code orders/MCP_SERVER}. */
record ManagerKey(String cluster, String mode) {

    @Override
    public String toString() {
        return cluster + "/" + mode;
    }
}
