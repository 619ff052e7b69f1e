// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** The assembled container in a JVM that is not its own, for benchmarks and for tests of what uses it from outside. */
@NullMarked
package io.ucm.container;

import org.jspecify.annotations.NullMarked;
