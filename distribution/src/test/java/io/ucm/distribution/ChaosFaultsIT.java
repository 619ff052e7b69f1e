// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.chaos.ChaosProxy;
import io.ucm.chaos.Way;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.Test;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The network between the container and the nodes is bad, or the servers turn it away. */
@ExamReactorStrategy(PerClass.class)
public class ChaosFaultsIT extends ChaosContainer {

    private static final Duration HALF_OF_A_LONG_WAY = Duration.ofMillis(100);

    @Test
    public void aLongWayIsNoFailure() throws Exception {
        Set<String> primaries = new HashSet<>();
        assertNobodyNotices(() -> {
            aLongWay();
            for (int i = 0; i < 100; i++) {
                primaries.add(kit.primary());
                seconds(0.1);
            }
            kit.proxies().forEach(ChaosProxy::pass);
        });
        assertEquals(Set.of("n1"), primaries);
    }

    /** Its questions have to be asked over new connections. */
    @Test
    public void onALongWayWhatWasResetComesBack() throws Exception {
        aLongWay();
        kit.proxies().forEach(ChaosProxy::reset);
        seconds(2);
        kit.awaitAllUp();
        shell.run("ledger:run --seconds 3 --clients 8 --deadline-ms 20000");
    }

    private void aLongWay() {
        for (ChaosProxy proxy : kit.proxies()) {
            proxy.slow(Way.TO_SERVER, HALF_OF_A_LONG_WAY);
            proxy.slow(Way.TO_CLIENT, HALF_OF_A_LONG_WAY);
        }
    }

    @Test
    public void readersDoNotMissAReplicaThatIsCutOff() throws Exception {
        assertNoReaderNotices(() -> {
            kit.proxy("n3").cut();
            seconds(2);
            kit.proxy("n3").pass();
        });
        kit.awaitAllUp();
    }

    @Test
    public void readersDoNotMissAReplicaThatStarts() throws Exception {
        assertNoReaderNotices(() -> {
            kit.proxy("n2").startUp();
            seconds(10);
            kit.proxy("n2").pass();
        });
        kit.awaitAllUp();
    }

    @Test
    public void aPrimaryThatIsNotHeardForTwoSecondsIsWaitedFor() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxy("n1").freeze();
            seconds(2);
            kit.proxy("n1").pass();
        });
    }

    @Test
    public void whileAServerStartsAtMostTwoConnectAtOnce() throws Exception {
        ChaosProxy primary = kit.proxy("n1");
        assertKept(report("", 20_000, () -> {
            primary.slow(Way.TO_CLIENT, Duration.ofMillis(200));
            primary.startUp();
            // Nobody knows of it before the first have been refused.
            seconds(1);
            primary.mostConnecting();
            seconds(9);
            int most = primary.mostConnecting();
            primary.pass();
            assertTrue(most + " at once", most >= 1 && most <= 2);
        }));
    }

    @Test
    public void aServerWithoutRoomIsWorkedWithOverWhatThereIs() throws Exception {
        assertNobodyNotices(() -> {
            kit.proxies().forEach(proxy -> proxy.refuse("53300", "sorry, too many clients already"));
            seconds(5);
            kit.proxies().forEach(ChaosProxy::pass);
        });
    }
}
