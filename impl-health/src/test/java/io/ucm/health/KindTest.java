// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KindTest {

    @ParameterizedTest
    @CsvSource({
        "pool main/A, POOLS",
        "node n1, NODES",
        "primary main, NODES",
        "role main/A, ROLES",
        "redis, REDIS",
        "configuration, CONFIGURATION",
        "PID io.ucm.moed~x, PIDS",
        "poolish, OTHERS",
        "cache main, OTHERS"
    })
    void theFirstWordSaysWhichKind(String name, Kind kind) {
        assertThat(Kind.of(new HealthComponent(name, HealthStatus.OK, null, Map.of())))
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @EnumSource
    void noKindIsAboutLiveness(Kind kind) {
        assertThat(kind.tags()).isNotEmpty().doesNotContain("systemalive");
    }

    @Test
    void aLostRedisDoesNotTakeThisContainerOutOfTraffic() {
        assertThat(Kind.REDIS.tags()).doesNotContain("systemready", "dbavail");
        assertThat(Kind.ROLES.tags()).contains("systemready", "dbavail", "ucm", "ucm-validate");
    }
}
