// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node that a switchover makes the primary: it has all that the old one wrote, the other replicas follow it, and it is
 * promoted. What is done up to the promotion has a way back. One thread.
 */
final class NewPrimary {

    private static final Duration RECEIVED_LIMIT = Duration.ofSeconds(2);
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(5);
    private static final Duration TRY_LIMIT = Duration.ofSeconds(10);
    private static final Duration PROMOTION_LIMIT = Duration.ofSeconds(30);

    private final SwitchoverPlan plan;
    private final NodeAddress address;
    private final HeldReplicas held;
    private final Succession succession;
    private final ServerControl control;
    private final SwitchoverSteps steps;

    private @Nullable Look look;
    private @Nullable Evidence evidence;

    NewPrimary(
            SwitchoverPlan plan,
            HeldReplicas held,
            Succession succession,
            ServerControl control,
            SwitchoverSteps steps) {
        this.plan = plan;
        this.address = plan.to();
        this.held = held;
        this.succession = succession;
        this.control = control;
        this.steps = steps;
    }

    /** Under the locks, before anything is changed: from here others can go on, should this process end. */
    void begin() throws Refusal, SQLException, IOException, InterruptedException {
        List<Look> looks = held.looks();
        look = HeldReplicas.of(address.id(), looks);
        Lsn confirmed = looks.stream().map(Look::position).max(Lsn::compareTo).orElseThrow();
        History history = look.identity().history();
        evidence = new Evidence(
                plan.from().id(), look.identity().systemId(), history.timeline(), history.begin(), confirmed);
        succession.begin(evidence, address.id());
    }

    /**
     * A server that is shut down writes a checkpoint last, whose record begins where it says that redo would: no other's
     * does. A replica's control file tells of the last checkpoint that it has replayed, once it has made one of its own.
     */
    void requireReceived(Lsn written) throws SQLException, InterruptedException, IOException {
        NodeSession session = held.session(address.id()).sql();
        boolean all = Waiting.until(RECEIVED_LIMIT, () -> {
            if (!session.is("pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() AND pg_last_wal_receive_lsn() > '"
                    + written + "'")) {
                return false;
            }
            session.run("CHECKPOINT");
            return session.is(
                    "checkpoint_lsn = redo_lsn AND redo_lsn >= '" + written + "' FROM pg_control_checkpoint()");
        });
        if (!all) {
            throw new IOException(
                    "%s has not got the checkpoint with which %s ended: it received up to %s, and %s was written"
                            .formatted(
                                    address,
                                    plan.from(),
                                    session.first("SELECT pg_last_wal_receive_lsn()")
                                            .orElse("nothing"),
                                    written));
        }
    }

    void letFollow(NodeAddress other) throws Exception {
        steps.run("pointing " + other + " at " + address.id(), () -> follow(other));
    }

    private void follow(NodeAddress other) throws Refusal, SQLException, InterruptedException {
        steps.takeBack(other + " follows " + address + " still", () -> held.session(other.id())
                .restore());
        if (!succession.follow(
                new Plan(look, held.look(other.id()), false), plan.from().id(), FOLLOW_LIMIT)) {
            throw new Refusal("%s has more than %s".formatted(other, address));
        }
    }

    /** One that goes away in between is started again: no other one may be the primary now. */
    void promote() throws Exception {
        Exception[] last = new Exception[1];
        if (!Waiting.<Exception>until(PROMOTION_LIMIT, () -> promoted(last))) {
            throw last[0];
        }
    }

    private boolean promoted(Exception[] last) throws Refusal, SQLException, IOException, InterruptedException {
        try {
            if (succession.told()) {
                held.lockAgain(address.id());
            }
            succession.promote(look, evidence, TRY_LIMIT);
            return true;
        } catch (SQLException | Refusal e) {
            if (!succession.told()) {
                throw e;
            }
            last[0] = e;
            startAgain(e);
            return false;
        }
    }

    /** Where that fails, the next try may find it running all the same. */
    private void startAgain(Exception failure) throws InterruptedException {
        try {
            control.start(address.id());
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Until the other replicas confirm what it commits. */
    void awaitStandbys(Duration limit) throws SQLException, InterruptedException {
        succession.awaitStandbys(look, plan.others().size(), limit);
    }
}
