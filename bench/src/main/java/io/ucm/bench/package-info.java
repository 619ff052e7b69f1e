// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** UCM as it is assembled, measured side by side with other pools. */
@NullMarked
package io.ucm.bench;

import org.jspecify.annotations.NullMarked;
