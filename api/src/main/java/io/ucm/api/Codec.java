// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.nio.charset.StandardCharsets;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * How the values of a cache become bytes and values again. Thread-safe. What it writes is read by other containers, and
 * by later versions of the bundle: a form that can grow, such as JSON, serves best.
 */
@ConsumerType
public interface Codec<V> {

    /** Text as UTF-8. */
    Codec<String> TEXT = new Codec<>() {

        @Override
        public byte[] encode(String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    };

    byte[] encode(V value) throws Exception;

    /** Throws for what it can't read, which counts as a miss: the value is loaded anew. */
    V decode(byte[] bytes) throws Exception;
}
