// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;

/**
 * The standard streams of the process, in UTF-8. Standard output belongs to what commands print: while this is in
 * force, {@code System.out} is standard error for everybody else.
 */
record Streams(InputStream in, PrintStream out, PrintStream err) {

    /** Takes the streams over, before any other code can keep the old ones. */
    static Streams take() {
        Streams streams = new Streams(System.in, stream(FileDescriptor.out), stream(FileDescriptor.err));
        System.setOut(new LibraryPrints(streams.err()));
        System.setErr(streams.err());
        return streams;
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, UTF_8);
    }

    BufferedReader lines() {
        return new BufferedReader(new InputStreamReader(in, UTF_8));
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
