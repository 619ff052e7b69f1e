// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** How the shell commands of every bundle print. No bundle of its own: each bundle carries a private copy. */
@NullMarked
package io.ucm.shell;

import org.jspecify.annotations.NullMarked;
