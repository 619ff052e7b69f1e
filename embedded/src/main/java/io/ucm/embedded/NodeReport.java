// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

/**
 * What a command did to a node.
 *
 * @param state {@code RUNNING}, {@code FROZEN} or {@code STOPPED}, afterwards
 * @param changed false if the node was as asked for already, or can't be so
 */
record NodeReport(String node, String state, boolean changed, String message) {

    @Override
    public String toString() {
        return message;
    }
}
