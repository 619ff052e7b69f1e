// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.sql.SQLException;
import java.util.Set;

/** What a failed call says of its node, by its SQLState. */
enum NodeFault {
    /** The node answered: the call's own error, a conflict with others, a role that it has lost. */
    NONE,
    /** The connection is gone: so may others be, at the same moment and for the same reason. */
    LOST,
    /** The node could not do it, or not in the time that its mode allows. */
    FAILED;

    /** Admin shutdown, crash shutdown, cannot connect now. */
    private static final Set<String> SHUT_DOWN = Set.of("57P01", "57P02", "57P03");

    /** A full disk stops writes, and reads go on; for connections, who needs one waits. */
    private static final Set<String> PASSING = Set.of("53100", "53300");

    private static final String CANCELLED = "57014";

    /** Of a statement that was cancelled, only what ran into its limit is told. */
    static NodeFault of(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (state.startsWith("08") || SHUT_DOWN.contains(state)) {
            return LOST;
        }
        boolean serverFault = state.startsWith("53") || state.startsWith("58") || state.startsWith("XX");
        return serverFault && !PASSING.contains(state) || CANCELLED.equals(state) ? FAILED : NONE;
    }
}
