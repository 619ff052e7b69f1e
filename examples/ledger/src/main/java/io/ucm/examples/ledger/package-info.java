// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A workload that checks UCM's promises, written as an application would be: it knows the API and nothing else.
 *
 * <p>Clients write rows with unique ids and read back what they were told is there. The ledger keeps its own account of
 * what was acknowledged and holds it against the table at the end. It never retries, and its table has no unique
 * constraint: a duplicate must be able to happen to be seen.
 */
@NullMarked
package io.ucm.examples.ledger;

import org.jspecify.annotations.NullMarked;
