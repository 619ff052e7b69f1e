// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** What the workloads among the examples have in common. No bundle of its own: each carries a private copy. */
@NullMarked
package io.ucm.examples.workload;

import org.jspecify.annotations.NullMarked;
