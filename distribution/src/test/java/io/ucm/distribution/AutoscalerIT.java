// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertTrue;

import io.ucm.api.ConnectionManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.After;
import org.junit.Test;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;

/** Pools grow and shrink on a real server, while their callers notice nothing but that. */
public class AutoscalerIT extends ServingContainer {

    private static final Pattern FIGURES = Pattern.compile(
            "\"serves\":\"reads and writes\",\"active\":(\\d+),\"idle\":(\\d+),\"pending\":\\d+,\"max\":(\\d+)");

    private static final Pattern GREW = Pattern.compile(
            "\"node\":\"n1\",\"from\":12,\"to\":\\d+,\"why\":\"\\d+ wait, which \\d+ connections would need ");

    private final AtomicBoolean over = new AtomicBoolean();
    private final List<CompletableFuture<Void>> callers = new ArrayList<>();

    @After
    public void allHaveTheirAnswers() {
        over.set(true);
        callers.forEach(CompletableFuture::join);
    }

    @Test
    public void growsForCallersThatWaitAndFollowsItsLimits() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        context.registerService(
                EventHandler.class,
                event -> events.add(event.getProperty("mode") + ": " + event.getProperty("why")),
                new Hashtable<>(Map.of(EventConstants.EVENT_TOPIC, "io/ucm/pool/RESIZED")));
        wait(60, "ASYNC_MODERN");
        ContainerShell.await("it has grown", () -> pool("ASYNC_MODERN"), pool -> pool.max() > 24);

        String answer = shell.run("ucm:resize ASYNC_MODERN 5 8");

        assertTrue(answer, answer.contains("main/ASYNC_MODERN: 5 to 8 connections"));
        ContainerShell.await("it has shrunk", () -> pool("ASYNC_MODERN"), pool -> pool.active() + pool.idle() <= 8);
        String decisions = shell.run("ucm:pool --decisions --json ASYNC_MODERN");
        assertTrue(decisions, GREW.matcher(decisions).find());
        assertTrue(decisions, decisions.contains("\"to\":8,\"why\":\"the limits are 5 to 8 now\"}"));
        String figures = shell.run("ucm:pool ASYNC_MODERN");
        assertTrue(
                figures,
                Pattern.compile("pool.size.max.count +8 +ucm:resize")
                        .matcher(figures)
                        .find());
        assertTrue(shell.run("ucm:pool --decisions ASYNC_MODERN").startsWith("at "));
        assertTrue(events.toString(), events.contains("ASYNC_MODERN: the limits are 5 to 8 now"));
    }

    /** So many callers, each of whom waits in the server for 50 ms, and then again. */
    private void wait(int count, String mode) throws Exception {
        ConnectionManager manager = manager(mode);
        for (int caller = 0; caller < count; caller++) {
            callers.add(again(manager));
        }
    }

    private ConnectionManager manager(String mode) throws Exception {
        return context.getService(context.getServiceReferences(ConnectionManager.class, "(ucm.mode=" + mode + ")")
                .iterator()
                .next());
    }

    private static CompletionStage<Boolean> sleep(ConnectionManager manager, double seconds) {
        return manager.write(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("SELECT pg_sleep(" + seconds + ")");
            }
        });
    }

    private CompletableFuture<Void> again(ConnectionManager manager) {
        return over.get()
                ? CompletableFuture.completedFuture(null)
                : sleep(manager, 0.05).toCompletableFuture().thenComposeAsync(done -> again(manager));
    }

    private record Pool(int active, int idle, int max) {}

    /** To the primary. */
    private Pool pool(String mode) throws Exception {
        Matcher figures = FIGURES.matcher(shell.run("ucm:pool --json " + mode));
        return figures.find()
                ? new Pool(
                        Integer.parseInt(figures.group(1)),
                        Integer.parseInt(figures.group(2)),
                        Integer.parseInt(figures.group(3)))
                : new Pool(0, 0, 0);
    }
}
