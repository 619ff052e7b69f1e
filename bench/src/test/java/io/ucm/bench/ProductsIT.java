// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.container.UcmContainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All products serve, each with the connections that it should have, before and after its pool was restarted. */
class ProductsIT {

    private static final Path HOME = Path.of(System.getProperty("ucm.test.home"));
    private static final Path PEERS = Path.of(System.getProperty("ucm.test.peers"));

    @Test
    void theProductsAreComparable() throws Exception {
        List<PeerContainer> started = new ArrayList<>();
        try (UcmContainer container = UcmContainer.start(HOME, true)) {
            try {
                Embedded.await(container);
                Database database = Embedded.database(container, "bench");
                List<Product> products = new ArrayList<>(Products.ucm(container, HandoverTurn.SIZE));
                products.addAll(Products.peers(PEERS, HOME, database, HandoverTurn.SIZE, started));
                try (HandoverServer server = new HandoverServer(database)) {
                    server.createTable();
                    for (int i = 0; i < products.size(); i++) {
                        check(products.get(i), server, i);
                    }
                }
            } finally {
                for (PeerContainer peer : started) {
                    peer.close();
                }
            }
        }
    }

    private static void check(Product product, HandoverServer server, int number) throws Exception {
        String name = product.contestant().name();
        HandoverTurn calm = HandoverTurn.take(product, Exchange.NOTHING, server, 2 * number);
        HandoverTurn restarted = HandoverTurn.take(product, Exchange.RESTART, server, 2 * number + 1);

        assertThat(calm.seen().clean()).as(name).isTrue();
        assertThat(calm.kept()).as(name).isEqualTo(HandoverTurn.SIZE);
        assertThat(restarted.kept()).as(name).isZero();
        if (product.contestant().isUcm()) {
            assertThat(restarted.seen().clean()).as(name).isTrue();
        }
    }
}
