// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * What a shop sells.
 *
 * @param shop whose product it is: the same id is another product in another shop
 * @param version how often its price was changed
 */
record Product(String shop, int id, String name, BigDecimal price, long version) {

    Product {
        Objects.requireNonNull(shop, "shop");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(price, "price");
    }
}
