// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import java.time.Duration;

/**
 * What of a mode its pool and its sessions on the server are made with: when it changes, a new pool is opened. The rest of
 * {@link ModeSettings} acts without.
 *
 * @param origin for messages
 */
record SessionSettings(
        Origin origin,
        ManagerKey key,
        String user,
        int poolSize,
        boolean readOnly,
        Duration statementTimeout,
        Duration lockTimeout,
        Duration idleInTransactionTimeout,
        Duration keepalive) {}
