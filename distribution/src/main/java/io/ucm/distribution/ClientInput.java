// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads standard input each time that the server asks for some, on a thread of its own, because such a read can't be
 * interrupted. Thread-safe.
 */
final class ClientInput {

    private static final String PROMPT = "ucm> ";

    private final InputStream in;
    private final Frames frames;
    private final @Nullable PrintStream prompt;
    private final BlockingQueue<Boolean> asked = new LinkedBlockingQueue<>();

    private boolean started;

    /** @param prompt where to prompt for each piece of input; null: nowhere */
    ClientInput(InputStream in, Frames frames, @Nullable PrintStream prompt) {
        this.in = in;
        this.frames = frames;
        this.prompt = prompt;
    }

    synchronized void asked() {
        if (!started) {
            started = true;
            Thread thread = new Thread(this::answer, "ucm-attach-input");
            thread.setDaemon(true);
            thread.start();
        }
        asked.add(true);
    }

    private void answer() {
        byte[] buffer = new byte[8192];
        try {
            while (asked.take()) {
                if (prompt != null) {
                    prompt.print(PROMPT);
                    prompt.flush();
                }
                int count = in.read(buffer);
                frames.send(Frames.INPUT, count < 0 ? new byte[0] : Arrays.copyOf(buffer, count));
            }
        } catch (IOException e) {
            // The server is gone, which the receiving thread reports.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
