// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an entry looks like in Redis: a byte for the version, one for the kind, 16 for an id that no other entry has, and of
 * a value then 16 for the generation that it belongs to, 8 for its end (in ms of the Redis server's clock) and the payload.
 * Stateless.
 */
final class Envelope {

    /** How many bytes tell one entry from every other. */
    static final int MARK_BYTES = 18;

    private static final byte VERSION = 1;
    private static final byte VALUE = 'V';
    private static final byte TOMBSTONE = 'T';
    private static final int ID_BYTES = 16;
    private static final int HEADER_BYTES = MARK_BYTES + ID_BYTES + Long.BYTES;

    /** What a value says. */
    record Value(long endMillis, byte[] payload) {}

    private Envelope() {}

    /** Different each time: the name of an entry or of a generation. */
    static byte[] id() {
        UUID id = UUID.randomUUID();
        return ByteBuffer.allocate(ID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static byte[] value(byte[] generation, long endMillis, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .put(VERSION)
                .put(VALUE)
                .put(id())
                .put(generation)
                .putLong(endMillis)
                .put(payload)
                .array();
    }

    static byte[] tombstone() {
        return ByteBuffer.allocate(MARK_BYTES)
                .put(VERSION)
                .put(TOMBSTONE)
                .put(id())
                .array();
    }

    /** Null when it is no value of that generation, or none that this version can read. */
    static @Nullable Value read(byte @Nullable [] stored, byte[] generation) {
        if (stored == null || stored.length < HEADER_BYTES || stored[0] != VERSION || stored[1] != VALUE) {
            return null;
        }
        return Arrays.equals(stored, MARK_BYTES, MARK_BYTES + ID_BYTES, generation, 0, generation.length)
                ? new Value(
                        ByteBuffer.wrap(stored).getLong(MARK_BYTES + ID_BYTES),
                        Arrays.copyOfRange(stored, HEADER_BYTES, stored.length))
                : null;
    }

    /** What {@code GETRANGE} of the first {@link #MARK_BYTES} answers for it. */
    static byte[] mark(byte @Nullable [] stored) {
        return stored == null ? new byte[0] : Arrays.copyOf(stored, Math.min(stored.length, MARK_BYTES));
    }
}
