// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/** What a node's data is, as told over a replication connection. */
record Identity(String systemId, History history) {

    int timeline() {
        return history.timeline();
    }
}
