// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.bench.Contestant.Opened;
import io.ucm.container.UcmContainer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The assembled bundles can be measured. */
class UcmContainerIT {

    @Test
    void ucmOnTheStubDriverIsComparable() throws Exception {
        try (UcmContainer container = UcmContainer.start(Path.of(System.getProperty("ucm.test.home")), false)) {
            Opened ucm = StubCases.openUcm(container);

            Alike.check(ucm, 12, StubCases.server(ucm.contestant()));

            assertThat(ucm.contestant().name()).isEqualTo("ucm ASYNC_MODERN");
            assertThat(ucm.contestant().version()).startsWith("0.");
        }
    }
}
