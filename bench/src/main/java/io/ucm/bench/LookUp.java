// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where whoever needs a {@link Connection} finds a {@link DataSource}, if there is one. Thread-safe. */
interface LookUp extends Supplier<LookUp.@Nullable Found> {

    /** In use until it is closed. */
    interface Found extends AutoCloseable {

        DataSource dataSource();

        @Override
        void close();
    }
}
