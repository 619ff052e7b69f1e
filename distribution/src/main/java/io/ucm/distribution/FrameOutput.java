// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.OutputStream;

/** Sends what is written as frames of one type, at once. Thread-safe. */
final class FrameOutput extends OutputStream {

    private final Frames frames;
    private final int type;

    FrameOutput(Frames frames, int type) {
        this.frames = frames;
        this.type = type;
    }

    @Override
    public void write(int value) throws IOException {
        frames.send(type, (byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; sent += Frames.LIMIT) {
            frames.send(type, bytes, offset + sent, Math.min(Frames.LIMIT, length - sent));
        }
    }
}
