// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.ha.HaWatchers;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of its own that begins a switchover and stands still before the statement that begins with a text, or else before
 * the stop of the old primary. Reads the cluster from standard input, says on standard output where it stands, and ends
 * when it is killed.
 */
final class SwitchingProcess {

    private SwitchingProcess() {}

    /** @param arguments folder, target, how often the statement comes before, and its beginning; without that it is the stop */
    public static void main(String[] arguments) throws Exception {
        DriverCluster cluster = DriverCluster.described(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        AtomicInteger left = new AtomicInteger(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0);
        HeardCluster heard = new HeardCluster(cluster, FailoverPolicy.FOLLOW, sql -> {
            if (arguments.length > 2 && sql.startsWith(arguments[3]) && left.getAndDecrement() == 0) {
                standStill();
            }
        });
        HaWatchers.switchOver(Path.of(arguments[0]), heard, new NeverStopping(), arguments[1]);
    }

    private static void standStill() {
        System.out.println("stands still");
        Pause.of(Duration.ofMinutes(5));
    }

    private static final class NeverStopping implements ServerControl {

        @Override
        public void stop(String node, Duration limit) {
            standStill();
        }

        @Override
        public void start(String node) throws IOException {
            throw new IOException("nothing was stopped");
        }

        @Override
        public boolean startAsStandby(String node, String primary, Duration limit) throws IOException {
            throw new IOException("nothing was stopped");
        }
    }
}
