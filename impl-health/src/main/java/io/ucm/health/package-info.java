// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Health checks, meters, validation and the audit, on Felix Health Checks and Micrometer. Micrometer is inside the
 * bundle: to exchange the bundle is to exchange the library.
 */
@NullMarked
package io.ucm.health;

import org.jspecify.annotations.NullMarked;
