// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** The default that needs no installation: PostgreSQL with two replicas, and Redis, from packaged binaries. */
@NullMarked
package io.ucm.embedded;

import org.jspecify.annotations.NullMarked;
