// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;

/** Somebody who is measured. Names that begin with {@code ucm} are of configurations as they are shipped. */
record Contestant(String name, String version) {

    /** The bare pool that is inside UCM. */
    static final String BARE = "hikaricp";

    /** How long a borrower waits for a connection: the default of mode ASYNC_MODERN, and so everybody's. */
    static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(5);

    boolean isBare() {
        return name.equals(BARE);
    }

    boolean isUcm() {
        return name.startsWith("ucm");
    }

    /** What closes its connections. */
    interface End {

        void run() throws SQLException;
    }

    /** A contestant with its connections open. */
    record Opened(Contestant contestant, DataSource dataSource, End end) implements AutoCloseable {

        Opened {
            Objects.requireNonNull(dataSource, contestant.name());
        }

        @Override
        public void close() throws SQLException {
            end.run();
        }
    }
}
