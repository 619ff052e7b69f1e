// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/**
 * The history that a cluster's writes belong to.
 *
 * @param systemId the system identifier of its data, as the server prints it
 * @param timeline the highest timeline that a primary of it was seen on
 */
public record Epoch(String systemId, int timeline) {}
