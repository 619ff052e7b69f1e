// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FramesTest {

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Frames sender = new Frames(InputStream.nullInputStream(), sent);

    @Test
    void arriveAsTheyWereSent() throws IOException {
        sender.send(Frames.COMMAND, "größer");
        sender.send(Frames.EXIT, (byte) 1);

        Frames receiver = receiver(sent.toByteArray());
        Frames.Frame first = receiver.receive();
        assertThat(first.type()).isEqualTo(Frames.COMMAND);
        assertThat(first.text()).isEqualTo("größer");
        assertThat(receiver.receive().content()).containsExactly(1);
        assertThatThrownBy(receiver::receive).isInstanceOf(EOFException.class);
    }

    @Test
    void aHugeOneIsRefusedBeforeItIsRead() {
        byte[] huge = ByteBuffer.allocate(5)
                .put((byte) Frames.COMMAND)
                .putInt(Frames.LIMIT + 1)
                .array();

        assertThatThrownBy(() -> receiver(huge).receive()).hasMessageContaining("at most 1048576 are allowed");
    }

    @Test
    void outputOfAnySizeGoesThrough() throws IOException {
        new FrameOutput(sender, Frames.OUT).write(new byte[Frames.LIMIT + 7]);

        Frames receiver = receiver(sent.toByteArray());
        assertThat(receiver.receive().content()).hasSize(Frames.LIMIT);
        assertThat(receiver.receive().content()).hasSize(7);
    }

    @Test
    void inputIsAskedForOnceWhenNoneIsLeft() throws IOException {
        FrameInput input = new FrameInput(sender);
        input.received("ab".getBytes());

        assertThat(input.available()).isEqualTo(2);
        assertThat(input.read()).isEqualTo('a');
        assertThat(input.read()).isEqualTo('b');
        assertThat(sent.size()).isZero();
        input.received(new byte[0]);
        assertThat(input.read()).isEqualTo(-1);
        assertThat(sent.size()).isZero();
    }

    private static Frames receiver(byte[] bytes) {
        return new Frames(new ByteArrayInputStream(bytes), new ByteArrayOutputStream());
    }
}
