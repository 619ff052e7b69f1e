// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.SQLException;

/** Somebody whose clients write while the primary is lost. */
record Entrant(Contestant contestant, Opener opener) {

    /** Makes what its clients write with. */
    interface Opener {

        /** @param run what the rows are told from others' by */
        Ready open(Nodes.Roles roles, int run) throws Exception;
    }

    /** Its clients can write until it is closed. */
    record Ready(Writers.Writer writer, Contestant.End end) implements AutoCloseable {

        @Override
        public void close() throws SQLException {
            end.run();
        }
    }
}
