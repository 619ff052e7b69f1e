// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.settings.Secret;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A password is changed in the configuration and on the server, in either order. */
class CredentialsTest {

    private static final Duration GRACE = Duration.ofHours(1);

    private final Credentials credentials = new Credentials(new Secret("old"));
    private final List<String> tried = new ArrayList<>();
    private String accepted = "old";

    @Test
    void usesTheOnlyOneItKnows() throws Exception {
        assertThat(open().password()).isZero();
        accepted = "new";

        assertThatThrownBy(this::open).hasMessage("not accepted");
        assertThat(tried).containsExactly("old", "old");
    }

    @Test
    void triesTheFormerOneWhereTheServerIsChangedLater() throws Exception {
        credentials.change(new Secret("new"), GRACE);

        assertThat(open().password()).as("opened with the former").isZero();
        open();
        accepted = "new";
        assertThat(open().password()).isOne();
        open();

        assertThat(tried)
                .as("what worked last is tried first")
                .containsExactly("new", "old", "old", "old", "new", "new");
    }

    @Test
    void triesTheNewOneWhereTheServerWasChangedEarlier() throws Exception {
        accepted = "new";
        credentials.change(new Secret("new"), GRACE);

        assertThat(open().password()).isEqualTo(credentials.number()).isOne();
        assertThat(tried).containsExactly("new");
    }

    @Test
    void forgetsTheFormerOneAfterTheGrace() {
        credentials.change(new Secret("new"), Duration.ZERO);

        assertThatThrownBy(this::open).hasMessage("not accepted");
        assertThat(tried).containsExactly("new");
    }

    @Test
    void triesOnlyTheNewestWhereThatIsAsked() {
        credentials.change(new Secret("new"), GRACE);

        assertThatThrownBy(() -> credentials.open(true, this::connect)).hasMessage("not accepted");
        assertThat(tried).containsExactly("new");
    }

    @Test
    void saysWhatIsWrongWithTheFirstAndTriesNoOtherForAnythingElse() {
        credentials.change(new Secret("new"), GRACE);

        assertThatThrownBy(() -> credentials.open(false, password -> {
                    tried.add(password.reveal());
                    throw new SQLException("too many", "53300");
                }))
                .hasMessage("too many");
        assertThat(tried).hasSize(1);
    }

    @Test
    void theSamePasswordIsNoChange() {
        credentials.change(new Secret("old"), GRACE);

        assertThat(credentials.number()).isZero();
    }

    private Credentials.Opened open() throws SQLException {
        return credentials.open(false, this::connect);
    }

    private Connection connect(Secret password) throws SQLException {
        tried.add(password.reveal());
        if (!password.reveal().equals(accepted)) {
            throw new SQLException("not accepted", "28P01");
        }
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> null);
    }
}
