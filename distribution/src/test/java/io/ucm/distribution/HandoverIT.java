// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.ucm.distribution.ExchangeKit.Swapped;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Test;

/** Parts are exchanged while the ledger works, and nobody notices. */
public class HandoverIT extends HandoverContainer {

    private static final int RANDOM_EXCHANGES = 5;

    @Test
    public void aPoolIsChosenAndTheRankingComesBack() throws Exception {
        List<Swapped> swaps = kit.underLoad(() -> {
            shell.run("ucm:swap pool " + ExchangeKit.AGROAL);
            shell.run("ucm:swap pool auto");
        });

        String meters = shell.run("ucm:metrics ucm.exchanges");
        assertTrue(meters, meters.contains("ucm.exchanges.drained"));
        assertTrue(meters, meters.contains("outcome=done"));
        assertEquals(2, swaps.size());
        for (Swapped swap : swaps) {
            assertEquals(swap.json(), "DONE", swap.text("outcome"));
            assertEquals(swap.json(), "ucm:swap", swap.text("cause"));
            assertEquals(swap.json(), "0", swap.text("parked"));
        }
    }

    @Test
    public void theDriverIsExchangedForTheReleaseBefore() throws Exception {
        List<Swapped> swaps = kit.underLoad(() -> kit.swap("driver", ExchangeKit.previousDriver()));

        assertEquals(2, swaps.size());
        assertTrue(swaps.toString(), swaps.get(0).text("to").startsWith("org.postgresql.jdbc 42.7."));
        assertEquals(swaps.get(0).text("from"), swaps.get(1).text("to"));
    }

    @Test
    public void theOnlyPoolIsStoppedUpdatedAndRefreshed() throws Exception {
        kit.bundle(ExchangeKit.AGROAL).stop();
        try {
            kit.underLoad(() -> {
                kit.restart(ExchangeKit.POOL);
                kit.pause();
                kit.update(ExchangeKit.POOL);
                kit.pause();
                kit.refresh(ExchangeKit.POOL);
            });
        } finally {
            kit.bundle(ExchangeKit.AGROAL).start();
        }
    }

    @Test
    public void theDriverIsStoppedUpdatedRefreshedAndReplaced() throws Exception {
        kit.underLoad(() -> {
            kit.restart(ExchangeKit.DRIVER);
            kit.pause();
            kit.update(ExchangeKit.DRIVER);
            kit.pause();
            kit.refresh(ExchangeKit.DRIVER);
            kit.pause();
            kit.reinstall(ExchangeKit.DRIVER);
        });
    }

    @Test
    public void whateverIsExchangedNobodyNotices() throws Exception {
        kit.randomly(RANDOM_EXCHANGES, System.nanoTime());
    }

    @Test
    public void whatCanNotServeIsNotChosen() throws Exception {
        List<String> answers = Stream.of(
                        "pool none.such", "pond io.ucm.pool", "pool org.apache.felix.scr", "pool none.jar")
                .map(arguments -> assertThrows(Exception.class, () -> shell.run("ucm:swap " + arguments))
                        .getMessage())
                .toList();

        assertTrue(answers.get(0), answers.get(0).contains("no bundle 'none.such' is installed"));
        assertTrue(answers.get(1), answers.get(1).contains("no slot 'pond'; there are: pool, driver, "));
        assertTrue(answers.get(2), answers.get(2).contains("offers nothing for the slot 'pool'"));
        assertTrue(answers.get(3), answers.get(3).contains("there is no file "));
    }
}
