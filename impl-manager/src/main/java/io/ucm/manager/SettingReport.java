// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One value of a mode.
 *
 * @param value in words
 * @param from who says so: the mode, the cluster, the configuration, or UCM
 * @param onServer what a session has, in the same words; null where the server has no such setting or was not asked
 */
record SettingReport(
        String name, String value, String from, @Nullable String onServer) {

    /** What the server calls ours. */
    private static final Map<String, String> SERVERS_NAMES = Map.of(
            "user", "current_user",
            "statement.timeout.ms", "statement_timeout",
            "lock.timeout.ms", "lock_timeout",
            "idle.in.transaction.timeout.ms", "idle_in_transaction_session_timeout",
            "default.access", "default_transaction_read_only");

    private static final Set<String> TIMES =
            Set.of("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout");

    /** @param server null: it was not asked */
    static Stream<SettingReport> of(ModeSettings settings, @Nullable ServerSettings server) {
        return Stream.concat(
                settings.account().stream()
                        .map(value -> new SettingReport(
                                value.name(),
                                value.value(),
                                from(settings, value),
                                onServer(SERVERS_NAMES.getOrDefault(value.name(), ""), server))),
                Map.of(
                                "application_name", "ucm/" + settings.key(),
                                "TimeZone", "UTC",
                                "synchronous_commit", "on")
                        .entrySet()
                        .stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(ours -> new SettingReport(
                                ours.getKey(), ours.getValue(), "UCM, always", onServer(ours.getKey(), server))));
    }

    private static String from(ModeSettings settings, ModeValue value) {
        return switch (value.source()) {
            case CONFIGURATION -> settings.origin().toString();
            case CLUSTER -> "cluster " + settings.key().cluster();
            case MODE ->
                settings.key().mode().equals(settings.basedOn())
                        ? "mode " + settings.basedOn()
                        : "mode " + settings.key().mode() + " (based on " + settings.basedOn() + ")";
        };
    }

    private static @Nullable String onServer(String name, @Nullable ServerSettings server) {
        String value = server == null ? null : server.values().get(name);
        if (value == null) {
            return null;
        }
        if (TIMES.contains(name)) {
            return value.equals("0") ? "none" : InWords.duration(Long.parseLong(value));
        }
        if (name.equals("default_transaction_read_only")) {
            return (value.equals("on") ? Access.READ_ONLY : Access.READ_WRITE).name();
        }
        return value;
    }

    /** As {@code ucm:resize} has changed it; null: it has not. */
    SettingReport resized(@Nullable SizeLimits limits) {
        if (limits == null) {
            return this;
        }
        return switch (name) {
            case "pool.size.min.count" -> byCommand(limits.min());
            case "pool.size.max.count" -> byCommand(limits.max());
            default -> this;
        };
    }

    private SettingReport byCommand(int count) {
        return new SettingReport(name, String.valueOf(count), "ucm:resize", onServer);
    }

    /** The server's value for a table: marked where it is not ours. */
    @Nullable
    String compared() {
        return onServer == null || onServer.equals(value) ? onServer : onServer + " (differs)";
    }
}
