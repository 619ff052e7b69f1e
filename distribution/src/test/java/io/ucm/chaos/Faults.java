// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What is wrong with the way to one server now. The proxy's thread only, but for what is counted. */
final class Faults {

    private final Set<Way> dropped = EnumSet.noneOf(Way.class);
    private final Map<Way, Duration> delays = new EnumMap<>(Way.class);
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private boolean frozen;
    private byte[] refusal;
    private int commitsToLose;
    private ChaosProxy.Then then = ChaosProxy.Then.RESET;

    /** None any more. */
    void clear() {
        dropped.clear();
        delays.clear();
        frozen = false;
        refusal = null;
        commitsToLose = 0;
    }

    void freeze() {
        frozen = true;
    }

    boolean frozen() {
        return frozen;
    }

    void drop(Way way) {
        dropped.add(way);
    }

    boolean drops(Way way) {
        return dropped.contains(way);
    }

    void delay(Way way, Duration delay) {
        delays.put(way, delay);
    }

    /** When what comes now may go on. */
    long due(Way way, long now) {
        Duration delay = delays.get(way);
        return delay == null ? now : now + delay.toNanos();
    }

    void refuse(String sqlState, String message) {
        byte[] fields = ("SFATAL\0VFATAL\0C" + sqlState + "\0M" + message + "\0\0").getBytes(StandardCharsets.UTF_8);
        refusal = ByteBuffer.allocate(1 + Integer.BYTES + fields.length)
                .put((byte) 'E')
                .putInt(Integer.BYTES + fields.length)
                .put(fields)
                .array();
    }

    boolean refuses() {
        return refusal != null;
    }

    ByteBuffer refusal() {
        return ByteBuffer.wrap(refusal == null ? new byte[0] : refusal);
    }

    void loseCommits(int count, ChaosProxy.Then afterwards) {
        commitsToLose = count;
        then = afterwards;
    }

    /** Whether the answer to this one is to be lost. */
    boolean takeCommit() {
        return commitsToLose > 0 && commitsToLose-- > 0;
    }

    boolean resetsAfterCommit() {
        return then == ChaosProxy.Then.RESET;
    }

    /** The server has executed one whose answer is lost. */
    void committed() {
        commits.incrementAndGet();
    }

    int commits() {
        return commits.get();
    }

    /** A client waits for its answer. */
    void asked() {
        asked.incrementAndGet();
    }

    long askedSoFar() {
        return asked.get();
    }
}
