// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    private record Inner(int count, boolean good) {}

    private record Outer(String name, List<Inner> inner, Map<String, Inner> byName) {}

    @Test
    void writesRecordsInOneLineByTheOrderOfTheirComponents() {
        Outer outer = new Outer("<a\nb>", List.of(new Inner(1, true)), Map.of("x", new Inner(2, false)));

        assertThat(Json.line(outer))
                .isEqualTo(
                        "{\"name\":\"<a\\nb>\",\"inner\":[{\"count\":1,\"good\":true}],\"byName\":{\"x\":{\"count\":2,\"good\":false}}}");
    }

    @Test
    void saysNullForWhatIsMissing() {
        assertThat(Json.line(Collections.singletonMap("bundle", null))).isEqualTo("{\"bundle\":null}");
    }
}
