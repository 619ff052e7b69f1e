// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A catalog of several shops, written as an application would be: it knows the API and nothing else. Prices are read
 * through a cache and changed in the database; {@link io.ucm.examples.catalog.Catalog} is where to begin.
 *
 * <p>It is a workload too: clients read and change prices, and a judge says whether anybody saw an old price, or one of
 * another product or shop.
 */
@NullMarked
package io.ucm.examples.catalog;

import org.jspecify.annotations.NullMarked;
