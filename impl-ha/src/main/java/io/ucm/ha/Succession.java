// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.sql.SQLException;

/**
 * The right to say which replica of a cluster becomes its primary, held against everybody else until it is closed. One
 * thread uses it.
 */
interface Succession extends AutoCloseable {

    /** Points that replica at another node, and returns when it streams from there. */
    void follow(String replica, String upstream) throws SQLException, InterruptedException;

    /** Lets that replica be pointed as it was before {@link #follow}. */
    void restore(String replica) throws SQLException;

    /** Makes that replica the primary, and returns when it is. Whoever is one already, stays so. */
    void promote(String replica) throws SQLException, InterruptedException;

    /** Whether a promotion may have been ordered: then only that replica may ever be promoted. */
    boolean ordered();

    /** Lets go of it. */
    @Override
    void close();
}
