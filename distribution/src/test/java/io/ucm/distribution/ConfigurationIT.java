// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.PoolTimeoutException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.util.Filter;

/** The README's configuration makes a manager, which is there before its servers are. */
@RunWith(PaxExam.class)
public class ConfigurationIT {

    @Inject
    @Filter("(&(ucm.cluster=orders)(ucm.mode=ASYNC_MODERN))")
    private ConnectionManager manager;

    @Configuration
    public Option[] container() throws IOException {
        return new Option[] {
            AssembledContainer.allBut("io.ucm.embedded"),
            frameworkProperty("configurator.initial").value(readmeConfiguration())
        };
    }

    @Test
    public void aManagerIsThereAndSaysWhyItDoesNotServe() {
        assertEquals("ASYNC_MODERN", manager.mode().name());
        CompletableFuture<String> call = manager.read(
                        connection -> "never", CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(2)))
                .toCompletableFuture();

        Throwable failure = assertThrows(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS))
                .getCause();

        assertTrue(failure.toString(), failure instanceof PoolTimeoutException);
        assertTrue(failure.getMessage(), failure.getMessage().contains("could not connect to n1 (127.0.0.1:1)"));
    }

    /** Its JSON block, on an address where nobody listens. */
    private static String readmeConfiguration() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String begin = "```json\n";
        int start = readme.indexOf(begin) + begin.length();
        return readme.substring(start, readme.indexOf("```", start)).replaceAll("db\\d\\.example:\\d+", "127.0.0.1:1");
    }
}
