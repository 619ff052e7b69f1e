// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** Configurations from the files of a watched folder: one file each, its name the PID. */
@NullMarked
package io.ucm.configuration;

import org.jspecify.annotations.NullMarked;
