// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.shell.Table;
import java.util.List;

/** Products as a command returns them. Prints as a table. */
record ProductList(List<Product> products) {

    @Override
    public String toString() {
        Table table = new Table("shop", "id", "name", "price", "version");
        products.forEach(
                product -> table.row(product.shop(), product.id(), product.name(), product.price(), product.version()));
        return table.toString();
    }
}
