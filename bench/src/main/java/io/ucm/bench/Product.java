// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.concurrent.Callable;

/**
 * A container's way to a DataSource, whose parts can be exchanged while it is used.
 *
 * @param application what the server knows its connections by
 * @param pool the symbolic name of the bundle that brings the pool
 * @param library that of the bundle that has the pool's library inside, or is it
 * @param spare whether another pool is installed beside that one
 * @param ready brings it back to that before each turn
 * @param story what it tells about its exchanges; empty where it tells nothing
 */
record Product(
        Contestant contestant,
        String application,
        Bundles bundles,
        LookUp lookUp,
        String pool,
        String library,
        boolean spare,
        Resize resize,
        Traffic.Action ready,
        Callable<String> story) {

    /** The symbolic name of pgjdbc. */
    private static final String DRIVER = "org.postgresql.jdbc";

    /** Changes the number of connections in the product's configuration. */
    interface Resize {

        void to(int size) throws Exception;
    }

    /**
     * Blocks as long as it blocks whoever does it.
     *
     * @param size the one that there is not
     */
    void make(Exchange exchange, int size) throws Exception {
        switch (exchange) {
            case NOTHING -> {}
            case SIZE -> resize.to(size);
            case RESTART -> bundles.restart(pool);
            case UPDATE -> bundles.update(library);
            case DRIVER -> bundles.update(DRIVER);
        }
    }
}
