// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.NodeAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatroniMembersTest {

    private static final NodeAddress N1 = new NodeAddress("n1", "db1", 5432);
    private static final NodeAddress N2 = new NodeAddress("n2", "db2", 5432);
    private static final NodeAddress N3 = new NodeAddress("n3", "db3", 5432);

    private final PatroniMembers members = new PatroniMembers();
    private final ClusterSettings settings = settings(Map.of());

    @Test
    void beforeTheFirstAnswerThereAreTheNodesOfTheConfiguration() {
        assertThat(members.completed(settings).nodes()).isEmpty();
        assertThat(members.completed(settings).primary()).isNull();

        ClusterSettings both = settings(Map.of("nodes", new String[] {"n9=db9:5432"}));
        assertThat(members.completed(both)).isEqualTo(both);
    }

    @Test
    void theMembersAreTheNodesAndTheLeaderIsThePrimary() {
        assertThat(members.learn("main", answer(N2, N1, N2), null)).isTrue();

        assertThat(members.completed(settings).nodes()).containsExactly(N1, N2);
        assertThat(members.completed(settings).primary()).isEqualTo(N2);
        assertThat(members.completed(settings).withoutPassword().ofPools()).isEqualTo(settings.ofPools());
    }

    @Test
    void aClusterThatNamesItsOwnNodesKeepsThem() {
        members.learn("main", answer(N1, N1), null);
        ClusterSettings own = SettingsTest.cluster(Map.of());

        assertThat(members.completed(own)).isSameAs(own);
    }

    @Test
    void theSameAnswerIsNoNews() {
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.learn("main", answer(N1, N1, N2), N1)).isFalse();
    }

    @Test
    void anotherLeaderAloneChangesNothing() {
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.learn("main", answer(N2, N1, N2), N2)).isFalse();
        assertThat(members.completed(settings).primary()).isEqualTo(N1);
    }

    @Test
    void newMembersComeAndThoseThatLeftGo() {
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.learn("main", answer(N1, N1, N3), N1)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(N1, N3);
        assertThat(members.learn("main", answer(N3, N2, N3), N3)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(N2, N3);
        assertThat(members.completed(settings).primary()).isEqualTo(N3);
    }

    @Test
    void whoTakesTheWritesStaysAlthoughItIsNoMemberAnyMore() {
        members.learn("main", answer(N1, N1, N2, N3), N1);

        assertThat(members.learn("main", answer(null, N2, N3), N1)).isFalse();
        assertThat(members.completed(settings).nodes()).containsExactly(N1, N2, N3);

        assertThat(members.learn("main", answer(N2, N2, N3), N2)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(N2, N3);
    }

    @Test
    void whileNobodyTakesTheWritesNodesComeAndNobodyGoes() {
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.learn("main", answer(null, N2), null)).isFalse();
        assertThat(members.learn("main", answer(N2, N2, N3), null)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(N1, N2, N3);

        assertThat(members.learn("main", answer(N2, N2, N3), N2)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(N2, N3);
    }

    @Test
    void aMemberThatMovedIsElsewhere() {
        NodeAddress moved = new NodeAddress("n1", "db4", 5432);
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.learn("main", answer(moved, moved, N2), N1)).isTrue();
        assertThat(members.completed(settings).nodes()).containsExactly(moved, N2);
        assertThat(members.completed(settings).primary()).isEqualTo(moved);
    }

    @Test
    void whatIsKnownStaysWhilePatroniDoesNotAnswer() {
        members.learn("main", answer(N1, N1, N2), N1);

        assertThat(members.failed("main", "is away")).isTrue();
        assertThat(members.failed("main", "is away")).isFalse();
        assertThat(members.problem("main")).isEqualTo("is away");
        assertThat(members.completed(settings).nodes()).containsExactly(N1, N2);

        members.learn("main", answer(N1, N1, N2), N1);
        assertThat(members.problem("main")).isNull();
    }

    @Test
    void aClusterThatIsNotThereAnyMoreIsForgotten() {
        members.learn("main", answer(N1, N1), null);
        members.failed("other", "is away");

        members.retain(Set.of("other"));
        assertThat(members.completed(settings).nodes()).isEmpty();
        assertThat(members.problem("other")).isEqualTo("is away");
    }

    private static PatroniAnswer answer(NodeAddress leader, NodeAddress... members) {
        return new PatroniAnswer(
                Arrays.stream(members)
                        .sorted((a, b) -> a.id().compareTo(b.id()))
                        .toList(),
                leader);
    }

    private static ClusterSettings settings(Map<String, Object> changes) {
        return ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "patroni", new String[] {"http://db1:8008"}, "database", "ucm"),
                        changes));
    }
}
