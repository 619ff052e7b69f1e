// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;

/** No pool at all: always the same connection, which its borrowers may close in vain. */
final class HeldConnection extends PlainDataSource {

    private final Connection connection;

    HeldConnection(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Connection getConnection() {
        return connection;
    }
}
