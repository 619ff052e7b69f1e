// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the server that a client means. Not thread-safe. */
final class ServerSearch {

    /** What {@code serve} calls itself when nobody says otherwise. */
    static final String DEFAULT = "default";

    /** A server that was found. */
    record Found(String name, ServerAddress address) {

        String who() {
            return "the server '" + name + "' (" + address + ")";
        }
    }

    private final ServerFolder servers;
    private final @Nullable String name;
    private final Progress progress;

    ServerSearch(ServerFolder servers, @Nullable String name, Progress progress) {
        this.servers = servers;
        this.name = name;
        this.progress = progress;
    }

    /** Waits as long as the limit for one to appear; throws what a user can act on. */
    Found find(Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean said = false;
        while (true) {
            Optional<Found> found = look();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IOException(nothing());
            }
            if (!said) {
                progress.say(
                        "no " + wanted() + " is running yet; waiting up to " + SECONDS.convert(limit) + " s for one");
                said = true;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private Optional<Found> look() throws IOException {
        List<String> living = servers.living();
        if (name == null && living.size() > 1) {
            throw new IOException(
                    "several servers are running; choose with --name one of: " + String.join(", ", living));
        }
        Optional<String> chosen =
                living.stream().filter(one -> name == null || name.equals(one)).findFirst();
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        String one = chosen.get();
        return address(one).map(address -> new Found(one, address));
    }

    private Optional<ServerAddress> address(String one) throws IOException {
        try {
            return servers.address(one);
        } catch (IOException e) {
            throw new IOException(servers.addressFile(one) + ": " + e.getMessage(), e);
        }
    }

    private String wanted() {
        return name == null ? "server" : "server '" + name + "'";
    }

    private String nothing() throws IOException {
        List<String> living = servers.living();
        List<String> dead = servers.names().stream()
                .filter(one -> !living.contains(one))
                .filter(one -> name == null || name.equals(one))
                .toList();
        StringBuilder text = new StringBuilder("no " + wanted() + " is running");
        if (!dead.isEmpty()) {
            text.append(" (").append(String.join(", ", dead)).append(" was killed)");
        }
        if (!living.isEmpty()) {
            text.append("; there are: ").append(String.join(", ", living));
        }
        return text + "; start one with: ucm serve" + (name == null ? "" : " --name " + name);
    }
}
