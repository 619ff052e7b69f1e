// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** Connection pools on Agroal. The library is inside the bundle: to exchange the bundle is to exchange the library. */
@NullMarked
package io.ucm.pool.agroal;

import org.jspecify.annotations.NullMarked;
