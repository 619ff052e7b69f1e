// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

/**
 * What is measured.
 *
 * @param decimals how many of them mean something
 */
record Metric(String name, String unit, int decimals) {

    String heading() {
        return unit.isEmpty() ? name : name + " " + unit;
    }
}
