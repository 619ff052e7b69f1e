// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node's settings mean for how fast a promotion is. */
class FactsTest {

    @Test
    void whoNoticesInTimeIsNotSlow() {
        assertThat(facts(100, 1000).slow()).isNull();
        assertThat(facts(10, 1).slow()).isNull();
    }

    @Test
    void whoWaitsLongForASilentSenderIsSlow() {
        assertThat(facts(100, 1001).slow()).isEqualTo("wal_receiver_timeout is 1001 ms, and should be 750 to 1000");
    }

    @Test
    void whoWaitsForEverForASilentSenderIsSlow() {
        assertThat(facts(100, 0).slow()).isEqualTo("wal_receiver_timeout is 0 ms, and should be 750 to 1000");
    }

    @Test
    void whoSeldomTriesToReceiveIsSlow() {
        assertThat(facts(101, 1000).slow()).isEqualTo("wal_retrieve_retry_interval is 101 ms, and should be 100");
    }

    private static Facts facts(int retryMs, int receiverTimeoutMs) {
        return new Facts("ANY 1 (n1,n2,n3)", true, List.of(), null, "", retryMs, receiverTimeoutMs, false);
    }
}
