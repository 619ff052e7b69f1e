// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.NodeAddress;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatroniAnswerTest {

    @Test
    void theMembersAreNamedByPatroniAndSorted() throws IOException {
        PatroniAnswer cluster = PatroniAnswer.parse("""
                {"members": [
                  {"name": "n3", "role": "sync_standby", "state": "streaming", "api_url": "http://10.0.0.3:8008/patroni",
                   "host": "10.0.0.3", "port": 5432, "timeline": 2, "lag": 0, "tags": {"nofailover": true}},
                  {"name": "n1", "role": "leader", "state": "running", "api_url": "http://10.0.0.1:8008/patroni",
                   "host": "db1.example", "port": 5433, "timeline": 2},
                  {"name": "n2", "role": "replica", "state": "creating replica", "host": "fe80::2", "lag": "unknown"}
                ], "scope": "orders", "pause": true}""");

        assertThat(cluster.members())
                .containsExactly(
                        new NodeAddress("n1", "db1.example", 5433),
                        new NodeAddress("n2", "[fe80::2]", 5432),
                        new NodeAddress("n3", "10.0.0.3", 5432));
        assertThat(cluster.leader()).isEqualTo(new NodeAddress("n1", "db1.example", 5433));
    }

    @Test
    void aMemberWithoutAnAddressIsNoNodeYet() throws IOException {
        PatroniAnswer cluster = PatroniAnswer.parse("""
                {"members": [{"name": "n1", "role": "replica", "host": "db1", "port": 1},
                             {"name": "n2", "role": "leader", "state": "starting"}]}""");

        assertThat(cluster.members()).containsExactly(new NodeAddress("n1", "db1", 1));
        assertThat(cluster.leader()).isNull();
    }

    @Test
    void nobodyAtAllIsNoAnswer() {
        assertThatThrownBy(() -> PatroniAnswer.parse("{\"members\": []}"))
                .isInstanceOf(IOException.class)
                .hasMessage("names no member with an address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"members\": 3}",
                "{\"members\": [3]}",
                "{\"members\": [{\"host\": \"db1\"}]}",
                "{\"members\": [{\"name\": [\"a\", \"b\"], \"host\": \"db1\"}]}"
            })
    void whatIsNotPatronisIsSaid(String answer) {
        assertThatThrownBy(() -> PatroniAnswer.parse(answer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("check that it is the address of its REST API");
    }

    @Test
    void aNameThatIsNoIdIsSaid() {
        assertThatThrownBy(() ->
                        PatroniAnswer.parse("{\"members\": [{\"name\": \"n 1\", \"host\": \"db1\", \"port\": 5432}]}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("names the member 'n 1' at 'db1', port 5432");
    }
}
