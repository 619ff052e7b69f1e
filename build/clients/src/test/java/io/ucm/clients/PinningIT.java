// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Virtual threads that wait in our code give their carrier back: the JVM says so where they don't. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JVM has no virtual threads")
class PinningIT {

    private static final int CALLERS = 200;

    @RegisterExtension
    static final Pool POOL = new Pool();

    /** Who waits while a class is initialized has the JVM's own frame on its stack, and is pinned in every version. */
    private static final class Pinned {

        static final long SINCE = pinned();

        private static long pinned() {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            return System.nanoTime();
        }
    }

    @Test
    void nobodyIsPinnedInOurCode(@TempDir Path folder) throws Exception {
        // Who waits for a class that another one loads is pinned, too, whoever wrote that class.
        for (Callable<Object> call : callers()) {
            call.call();
        }
        all(callers());
        Set<String> pinned;
        try (Recording recording = new Recording()) {
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            all(List.of(() -> Pinned.SINCE));
            all(callers());
            recording.stop();
            recording.dump(folder.resolve("pinned.jfr"));
            pinned = classes(folder.resolve("pinned.jfr"));
        }

        assertThat(pinned).as("the recording sees who is pinned").contains(Pinned.class.getName());
        assertThat(pinned)
                .filteredOn(name -> name.startsWith("io.ucm.") && !name.startsWith("io.ucm.clients."))
                .isEmpty();
    }

    /** More than there are connections, so that most of them wait for one. */
    private static List<Callable<Object>> callers() {
        List<Callable<Object>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(PinningIT::borrowThrice);
        }
        return callers;
    }

    private static Object borrowThrice() throws SQLException {
        int sum = 0;
        for (int i = 0; i < 3; i++) {
            try (Connection connection = POOL.dataSource().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT 1 FROM pg_sleep(0.002)")) {
                row.next();
                sum += row.getInt(1);
            }
        }
        assertThat(sum).isEqualTo(3);
        return sum;
    }

    /** Each on a virtual thread of its own. */
    private static void all(List<Callable<Object>> calls) throws Exception {
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        List<FutureTask<Object>> tasks = calls.stream().map(FutureTask::new).toList();
        for (FutureTask<Object> task : tasks) {
            start.invoke(null, task);
        }
        for (FutureTask<Object> task : tasks) {
            task.get();
        }
    }

    /** Those on the stacks of the pinned. */
    private static Set<String> classes(Path recording) throws Exception {
        return RecordingFile.readAllEvents(recording).stream()
                .map(RecordedEvent::getStackTrace)
                .filter(stack -> stack != null)
                .flatMap(stack -> stack.getFrames().stream())
                .map(RecordedFrame::getMethod)
                .map(method -> method.getType().getName())
                .collect(Collectors.toSet());
    }
}
