// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.NodeAddress;
import java.time.Duration;
import java.time.Instant;

/** Makes what is seen of one node; at first a replica on timeline 1 of the system {@link #OURS} that has everything. */
final class TestNode {

    static final String OURS = "7001";
    static final String FOREIGN = "9009";
    static final Instant AT = Instant.parse("2026-11-01T00:00:00Z");

    private final String id;
    private NodeState state = NodeState.UP;
    private BreakerState breaker = BreakerState.CLOSED;
    private Role role = Role.REPLICA;
    private String systemId = OURS;
    private History history = History.first();
    private Lsn lsn = Lsn.parse("0/3000000");
    private Long lagMs = 0L;
    private Quorum quorum = new Quorum(1, 0);
    private Integer received = 1;
    private String unidentified;
    private boolean silent;
    private boolean readOnly;
    private String switchover;
    private Instant at = AT;
    private long asked;
    private Facts facts;
    private Kept kept = Kept.UNKNOWN;
    private Duration latency = Duration.ofMillis(1);

    private TestNode(String id) {
        this.id = id;
    }

    static TestNode replica(String id) {
        return new TestNode(id);
    }

    /** With the standbys that it waits for. */
    static TestNode primary(String id) {
        TestNode node = new TestNode(id).quorum(1, 2);
        node.role = Role.PRIMARY;
        return node;
    }

    /** The history of timeline 2 after a fork from timeline 1. */
    static History forkedAt(String lsn) {
        return History.parse(2, "1\t" + lsn + "\tno recovery target specified\n");
    }

    TestNode on(History changed) {
        history = changed;
        received = changed.timeline();
        return this;
    }

    TestNode receiving(Integer timeline) {
        received = timeline;
        return this;
    }

    TestNode of(String system) {
        systemId = system;
        return this;
    }

    /** With standbys that have confirmed nothing of what it wrote for so long. */
    TestNode unconfirmed(Duration time) {
        quorum = new Quorum(quorum.required(), quorum.streaming(), time);
        return this;
    }

    TestNode quorum(int required, int streaming) {
        quorum = new Quorum(required, streaming);
        return this;
    }

    /** With commits that so many of the other nodes had, up to there. */
    TestNode keptBy(int nodes, String position) {
        kept = new Kept("ANY 1 (n1,n2,n3)", nodes, Lsn.parse(position), null);
        return this;
    }

    /** With commits that one of the other nodes had, up to there, and all of them did up to the other position. */
    TestNode keptUpTo(String position, String all) {
        kept = new Kept("ANY 1 (n1,n2,n3)", 1, Lsn.parse(position), Lsn.parse(all));
        return this;
    }

    /** With commits that this one had, up to there. */
    TestNode keptBy(String name, String position) {
        kept = new Kept(name, 1, Lsn.parse(position), null);
        return this;
    }

    TestNode asynchronous() {
        return quorum(0, 0);
    }

    TestNode quorumHidden() {
        quorum = null;
        return this;
    }

    /** So long after {@link #AT}. */
    TestNode after(Duration later) {
        at = AT.plus(later);
        asked = later.toNanos();
        return this;
    }

    TestNode at(String position) {
        lsn = Lsn.parse(position);
        return this;
    }

    TestNode lagMs(Long ms) {
        lagMs = ms;
        return this;
    }

    TestNode breaker(BreakerState changed) {
        breaker = changed;
        return this;
    }

    /** With answers that take so long. */
    TestNode taking(Duration time) {
        latency = time;
        return this;
    }

    TestNode readOnly() {
        readOnly = true;
        return this;
    }

    /** By that switchover. */
    TestNode readOnly(String told) {
        switchover = told;
        return readOnly();
    }

    TestNode unidentified(String why) {
        unidentified = why;
        return this;
    }

    TestNode telling(Facts told) {
        facts = told;
        return this;
    }

    Seen seen() {
        Identity identity = unidentified == null ? new Identity(systemId, history) : null;
        Answer answer = new Answer(
                at,
                asked,
                latency,
                role,
                lsn,
                lagMs,
                quorum,
                kept,
                received,
                readOnly,
                switchover,
                identity,
                unidentified,
                facts);
        return new Seen(
                address(),
                state,
                silent,
                answer,
                latency,
                state == NodeState.UP ? null : address() + ": is gone",
                breaker);
    }

    Seen suspect() {
        state = NodeState.SUSPECT;
        return seen();
    }

    Seen down() {
        state = NodeState.DOWN;
        return seen();
    }

    /** Down because it gives no answer. */
    Seen silent() {
        silent = true;
        return down();
    }

    Seen neverAsked() {
        return new Seen(address(), NodeState.UNKNOWN, false, null, null, address() + ": not asked yet", breaker);
    }

    Seen neverAnswered() {
        return new Seen(address(), NodeState.DOWN, false, null, null, address() + ": could not connect", breaker);
    }

    private NodeAddress address() {
        return new NodeAddress(id, id + ".example", 5432);
    }
}
