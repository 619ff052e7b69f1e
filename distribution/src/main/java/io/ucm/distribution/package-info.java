// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** The launcher: one framework in this JVM, the bundles of the assembled folder in it, and its shell. */
@NullMarked
package io.ucm.distribution;

import org.jspecify.annotations.NullMarked;
