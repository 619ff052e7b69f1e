// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** How the configurations of every bundle are checked. No bundle of its own: each bundle carries a private copy. */
@NullMarked
package io.ucm.settings;

import org.jspecify.annotations.NullMarked;
