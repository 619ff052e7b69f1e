// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * One attribute of a mode as it is in force.
 *
 * @param value in words
 * @param configured whether the configuration says so; else the built-in mode does
 */
record ModeValue(String name, String value, boolean configured) {}
