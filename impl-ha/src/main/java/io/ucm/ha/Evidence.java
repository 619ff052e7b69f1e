// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/**
 * What was seen of a primary while it lived and its standbys had every acknowledged commit.
 *
 * @param primary its id
 * @param begin where its timeline began
 * @param acknowledged how far the standbys had confirmed its WAL: nothing that was acknowledged then lies beyond
 */
record Evidence(String primary, String systemId, int timeline, Lsn begin, Lsn acknowledged) {

    boolean isFor(Remembered remembered) {
        return history().equals(remembered);
    }

    /** The history that its writes belong to. */
    Remembered history() {
        return new Remembered(systemId, timeline, begin);
    }
}
