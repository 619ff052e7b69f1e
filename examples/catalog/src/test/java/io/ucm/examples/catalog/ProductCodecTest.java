// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ProductCodecTest {

    private static final Product TEA = new Product("north", 7, "Thé n° 7", new BigDecimal("1.70"), 3);

    private final ProductCodec codec = new ProductCodec();

    @Test
    void givesBackWhatItWasGiven() {
        assertThat(codec.decode(codec.encode(TEA))).isEqualTo(TEA);
    }

    @Test
    void isJson() {
        assertThat(new String(codec.encode(TEA), UTF_8))
                .isEqualTo("{\"shop\":\"north\",\"id\":7,\"name\":\"Thé n° 7\",\"price\":1.70,\"version\":3}");
    }

    @Test
    void skipsWhatALaterVersionAdded() {
        byte[] later = new String(codec.encode(TEA), UTF_8)
                .replace("{", "{\"colour\":\"green\",")
                .getBytes(UTF_8);

        assertThat(codec.decode(later)).isEqualTo(TEA);
    }

    @Test
    void refusesWhatIsNoProduct() {
        for (String broken : new String[] {"", "null", "{}", "{\"shop\":", "[]", "\u0000"}) {
            assertThatThrownBy(() -> codec.decode(broken.getBytes(UTF_8)))
                    .as(broken)
                    .isInstanceOf(RuntimeException.class);
        }
    }
}
