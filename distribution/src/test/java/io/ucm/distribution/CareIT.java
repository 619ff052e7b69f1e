// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.Dictionary;
import java.util.Map;
import org.junit.After;
import org.junit.Test;
import org.osgi.service.cm.Configuration;

/** Connections are renewed, ended and given new passwords while others work: nobody fails. */
public class CareIT extends ServingContainer {

    private static final String MODE = "io.ucm.mode~main-ASYNC_MODERN";

    @After
    public void nothingRuns() {
        shell.attempt("ledger:stop");
    }

    @Test
    public void sessionsAreRenewedBeforeTheirEnd() throws Exception {
        ContainerShell.await("the pool is full", this::sessions, now -> now.split(",").length == 12);
        String before = sessions();
        shell.run("ledger:start --clients 16");
        change(MODE, Map.of("max.lifetime.ms", 1_500));

        ContainerShell.await("all sessions are new ones", this::sessions, now -> allNew(before, now));
        change(MODE, Map.of("max.lifetime.ms", 3_600_000));

        assertTrue(shell.run("ledger:report --json").contains(NOTHING_LOST));
    }

    /** On the server first: what is open goes on, and what is opened waits for the configuration. */
    @Test
    public void aPasswordIsChangedOnTheServerFirst() throws Exception {
        shell.run("ledger:start --clients 16");
        String before = sessions();

        alterRole("on-the-server-first");
        change(MODE, Map.of(".password", "on-the-server-first"));

        ContainerShell.await("all sessions are new ones", this::sessions, now -> allNew(before, now));
        assertTrue(shell.run("ledger:report --json").contains(NOTHING_LOST));
    }

    /** In the configuration first: what is opened meanwhile is opened with the former one. */
    @Test
    public void aPasswordIsChangedInTheConfigurationFirst() throws Exception {
        shell.run("ledger:start --clients 16");
        String before = sessions();

        change(MODE, Map.of(".password", "in-the-configuration-first", "pool.size.count", 11));
        ContainerShell.await(
                "a new pool serves, opened with the former password",
                () -> shell.run("ucm:pool --json ASYNC_MODERN"),
                pool -> pool.contains("\"max\":11,"));
        alterRole("in-the-configuration-first");

        change(MODE, Map.of("pool.size.count", 12));
        ContainerShell.await("all sessions are new ones", this::sessions, now -> allNew(before, now));
        assertTrue(shell.run("ledger:report --json").contains(NOTHING_LOST));
    }

    /** Each session of a mode is ended by the server, again and again, while it is read through. */
    @Test
    public void sessionsThatTheServerEndsFailNoRead() throws Exception {
        change("io.ucm.mode~main-MCP_SERVER", Map.of("statement.timeout.ms", 5_000, "acquire.timeout.ms", 5_000));
        ContainerShell.await(
                "a machine that is busy is given time",
                () -> shell.run("ucm:sql --json --mode MCP_SERVER 'SHOW statement_timeout'"),
                shown -> shown.contains("5s"));
        shell.run("ledger:start --clients 8 --mode MCP_SERVER");
        int ended = 0;
        while (ended < 50) {
            ended += Integer.parseInt(shell.run(
                            "ucm:sql --json --mode MCP_SERVER \"SELECT count(pg_terminate_backend(pid))"
                                    + " FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()\"")
                    .replaceFirst(".*\"rows\":\\[\\[\"?(\\d+)\"?]].*", "$1"));
        }
        String report = shell.run("ledger:report --json");

        assertTrue(report, report.contains(NOTHING_LOST));
    }

    private static boolean allNew(String before, String now) {
        return Arrays.stream(before.split(",")).noneMatch(now::contains);
    }

    private void alterRole(String password) throws Exception {
        shell.run("ucm:sql \"ALTER ROLE CURRENT_USER PASSWORD '" + password + "'\"");
    }

    /** The process ids of the mode's sessions on the primary, in order, separated by commas. */
    private String sessions() throws Exception {
        return shell.run("ucm:sql --json \"SELECT string_agg('<' || pid || '>', ',' ORDER BY pid) FROM pg_stat_activity"
                        + " WHERE usename = current_user AND backend_type = 'client backend'\"")
                .replaceFirst(".*\"rows\":\\[\\[\"([^\"]*)\"]].*", "$1");
    }

    /** In one update: of two that follow each other at once, SCR can miss the second. */
    private void change(String pid, Map<String, ?> changes) throws Exception {
        Configuration configuration = admin.listConfigurations("(service.pid=" + pid + ")")[0];
        Dictionary<String, Object> properties = configuration.getProperties();
        changes.forEach(properties::put);
        configuration.update(properties);
    }
}
