// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.ucm.api.Codec;
import java.nio.charset.StandardCharsets;

/** Products as JSON: attributes can be added later, and whoever doesn't know them skips them. */
final class ProductCodec implements Codec<Product> {

    private static final Gson GSON = new Gson();

    @Override
    public byte[] encode(Product product) {
        return GSON.toJson(product).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Product decode(byte[] bytes) {
        Product product = GSON.fromJson(new String(bytes, StandardCharsets.UTF_8), Product.class);
        if (product == null) {
            throw new JsonParseException("nothing is no product");
        }
        return product;
    }
}
