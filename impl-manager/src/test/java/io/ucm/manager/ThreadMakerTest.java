// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

class ThreadMakerTest {

    @Test
    void aThreadInheritsNothingOfWhoAsksForIt() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (ThreadMaker maker = new ThreadMaker();
                URLClassLoader asking = new URLClassLoader(new URL[0], before)) {
            ThreadFactory threads = maker.named("test-");
            Thread.currentThread().setContextClassLoader(asking);

            Thread made = threads.newThread(() -> {});

            assertThat(made.getContextClassLoader()).isNotSameAs(asking);
            assertThat(made.getName()).isEqualTo("test-1");
            assertThat(made.isDaemon()).isTrue();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void whoAsksAfterItsEndGetsAThreadToo() {
        ThreadMaker maker = new ThreadMaker();
        maker.close();

        assertThat(maker.named("late-").newThread(() -> {}).getName()).isEqualTo("late-1");
    }
}
