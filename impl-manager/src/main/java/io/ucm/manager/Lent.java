// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;

/** A connection to a node that somebody has. */
record Lent(Holder holder, NodeAddress node) {}
