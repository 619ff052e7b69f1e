// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.settings;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AttributesTest {

    private @interface Example {

        String mode();

        String _password();

        String[] nodes();

        int pool_size_count();

        int statement_timeout_ms();

        long max_lag_bytes();
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> Attributes.check(Example.class, Map.of("statment.timeout.ms", 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("statment.timeout.ms: there is no such attribute; there are: ")
                .hasMessageContaining("statement.timeout.ms")
                .hasMessageContaining(".password")
                .hasMessageNotContaining(" 5");
    }

    @Test
    void whatTheFrameworkAddsIsNoAttribute() {
        assertThatCode(() -> Attributes.check(
                        Example.class,
                        Map.of(
                                "service.pid", "io.ucm.mode~a",
                                "service.factoryPid", "io.ucm.mode",
                                "component.id", 4L,
                                "component.name", "io.ucm.manager.ConfiguredMode",
                                "felix.fileinstall.filename", "file:/conf/io.ucm.mode~a.cfg.json",
                                ":configurator:bundle-id", 4L,
                                "mode", "ADMIN")))
                .doesNotThrowAnyException();
    }

    @Test
    void aNumberMustBeOne() {
        assertThatThrownBy(() -> Attributes.check(Example.class, Map.of("pool.size.count", "many")))
                .hasMessage("pool.size.count: 'many' is not a whole number up to 2147483647");
        assertThatThrownBy(() -> Attributes.check(Example.class, Map.of("max.lag.bytes", "1.5")))
                .hasMessage("max.lag.bytes: '1.5' is not a whole number up to 9223372036854775807");
        assertThatCode(() -> Attributes.check(Example.class, Map.of("max.lag.bytes", "3000000000")))
                .doesNotThrowAnyException();
        assertThatCode(() -> Attributes.check(Example.class, Map.of("pool.size.count", "12")))
                .doesNotThrowAnyException();
    }

    @Test
    void aPlaceholderThatNobodyFilledInIsNamed() {
        assertThatThrownBy(() -> Attributes.check(Example.class, Map.of(".password", "x$[secret:orders]")))
                .hasMessage(".password: nothing was found for $[secret:orders]:"
                        + " put a file of that name into the folder of the secrets");
        assertThatThrownBy(() -> Attributes.check(
                        Example.class, Map.of("nodes", new String[] {"n1=$[env:DB_HOST;type=String]:5432"})))
                .hasMessageStartingWith("nodes: nothing was found for $[env:DB_HOST]: set the environment variable");
    }
}
