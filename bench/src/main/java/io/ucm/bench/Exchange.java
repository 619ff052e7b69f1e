// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

/** What is done to a part of a product. */
enum Exchange {
    NOTHING("nothing"),
    SIZE("pool size changed"),
    RESTART("pool stopped, started"),
    UPDATE("pool library updated, refreshed"),
    DRIVER("driver updated, refreshed");

    private final String title;

    Exchange(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whether the pool leaves. */
    boolean isOfPool() {
        return this == RESTART || this == UPDATE;
    }
}
