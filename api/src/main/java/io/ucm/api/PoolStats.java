// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** Connections of one pool: lent out, idle, callers waiting, and the most allowed. */
public record PoolStats(int active, int idle, int pending, int max) {}
