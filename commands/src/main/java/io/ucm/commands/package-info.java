// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** What the shell of the container lacks. */
@NullMarked
package io.ucm.commands;

import org.jspecify.annotations.NullMarked;
