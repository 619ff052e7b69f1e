// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * The client's standard input, as far as somebody reads it: each read that finds nothing asks the client for more.
 * Thread-safe.
 */
final class FrameInput extends InputStream {

    private final Frames frames;

    /** Guarded by this, as all below. */
    private byte[] content = {};

    private int next;
    private boolean asked;
    private boolean ended;

    FrameInput(Frames frames) {
        this.frames = frames;
    }

    /** An empty content is the end. */
    synchronized void received(byte[] more) {
        byte[] left = new byte[content.length - next + more.length];
        System.arraycopy(content, next, left, 0, content.length - next);
        System.arraycopy(more, 0, left, content.length - next, more.length);
        content = left;
        next = 0;
        asked = false;
        ended |= more.length == 0;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (next == content.length && !ended) {
            ask();
        }
        if (next == content.length) {
            return -1;
        }
        int count = Math.min(length, content.length - next);
        System.arraycopy(content, next, bytes, offset, count);
        next += count;
        return count;
    }

    private synchronized void ask() throws IOException {
        if (!asked) {
            asked = true;
            frames.send(Frames.ASK);
        }
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public synchronized int available() {
        return content.length - next;
    }
}
