// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.jspecify.annotations.Nullable;

/**
 * That a pool is to have another size.
 *
 * @param to the same where a try led to nothing
 * @param why in words for somebody who has not read the code; null: a look aside, which is told when it is over
 */
record SizeChange(int from, int to, @Nullable String why) {}
