// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** Generates classes that forward a whole JDBC interface, so that a wrapper writes only what it changes. */
@NullMarked
package io.ucm.forwarder;

import org.jspecify.annotations.NullMarked;
