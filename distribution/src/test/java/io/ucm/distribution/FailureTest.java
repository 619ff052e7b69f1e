// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void namesNoTypeWhenThereIsAMessage() {
        assertThat(Failure.message(new IllegalStateException("no primary"))).isEqualTo("no primary");
    }

    @Test
    void namesTheTypeWhenThereIsNone() {
        assertThat(Failure.message(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void namesTheTypeOfAnError() {
        assertThat(Failure.message(new NoClassDefFoundError("io/ucm/Node")))
                .isEqualTo("NoClassDefFoundError: io/ucm/Node");
    }

    @Test
    void leavesWrappersOut() {
        Exception wrapped = new RuntimeException(new InvocationTargetException(new IOException("disk full")));

        assertThat(Failure.message(wrapped)).isEqualTo("disk full");
    }

    @Test
    void addsCausesThatSayMore() {
        Exception cause = new IOException("connection refused", new IOException("connection refused"));

        assertThat(Failure.message(new IllegalStateException("node n1 is down", cause)))
                .isEqualTo("node n1 is down: connection refused");
    }

    @Test
    void isOneLine() {
        assertThat(Failure.message(new IllegalStateException("first\n  second\r\n")))
                .isEqualTo("first second");
    }
}
