// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other replica and a node that is the primary already. */
class SuccessionTest {

    private static final Duration LIMIT = Duration.ofMillis(200);

    private final FakeCluster cluster = new FakeCluster("succession");
    private final WatchThreads threads = new WatchThreads("succession");
    private final HeldReplicas held = new HeldReplicas(cluster, Duration.ofSeconds(2), Duration.ofSeconds(3), threads);

    @TempDir
    private Path folder;

    @BeforeEach
    void locked() throws Exception {
        held.open(
                cluster.nodes().stream().filter(node -> !node.id().equals("n1")).toList());
        held.lock();
        cluster.n3.promote("0/3000000");
    }

    @AfterEach
    void letGo() {
        threads.close(held::close, Duration.ofSeconds(2));
    }

    @Test
    void theOtherGoesOverToItsTimeline() throws Exception {
        assertThat(follow()).isTrue();
        assertThat(held.look("n2").identity()).isEqualTo(held.look("n3").identity());
    }

    /** It streams for a moment, what both have. */
    @Test
    void whoHasMoreIsLetGoOf() throws Exception {
        cluster.n2.stay(true);
        cluster.n2.write("0/3000008");
        cluster.n3.write("0/3000100");

        assertThatThrownBy(this::follow)
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the histories of n2 (n2.example:5432) (timeline 1, up to 0/3000008)");
        assertThat(held.look("n2").follows()).isEqualTo("n1");
    }

    @Test
    void whoIsOnlyLateStaysPointedAtIt() throws Exception {
        cluster.n2.deafen(true);

        assertThatThrownBy(this::follow)
                .isInstanceOf(Refusal.class)
                .hasMessage("n2 (n2.example:5432) does not stream from n3 (n3.example:5432) within 200 ms");
        assertThat(held.look("n2").follows()).isEqualTo("n3");
    }

    private boolean follow() throws Exception {
        Plan plan = new Plan(held.look("n3"), held.look("n2"), true);
        return new Succession(new Memory(folder, cluster.name()), held).follow(plan, "n1", LIMIT);
    }
}
