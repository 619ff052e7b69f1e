// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertTrue;

import io.ucm.api.ConnectionManager;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.rules.TestName;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.BundleContext;

/**
 * What tests of faults begin with: the assembled container behind proxies, and the ledger as the judge. A test leaves all
 * nodes up, or has a container of its own.
 */
@RunWith(PaxExam.class)
public abstract class ChaosContainer {

    @Rule
    public final TestName name = new TestName();

    @Inject
    BundleContext context;

    @Inject
    @Filter("(ucm.mode=ASYNC_MODERN)")
    ConnectionManager manager;

    ContainerShell shell;
    ChaosKit kit;
    Random random;
    private long seed;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void behindProxies() throws Exception {
        seed = Long.getLong("chaos.seed", System.nanoTime());
        random = new Random(seed);
        shell = new ContainerShell(context);
        shell.run("ucm:ready --seconds 30");
        kit = new ChaosKit(context, shell);
    }

    @After
    public void asBefore() throws Exception {
        shell.attempt("ledger:stop");
        kit.close();
    }

    /** Something that is wrong for a while; when it returns, nothing is. */
    @FunctionalInterface
    interface Fault {

        void happen() throws Exception;
    }

    /** 64 clients read and write with a deadline of 20 s: no call fails, nothing is lost, doubled, stale or unknown. */
    void assertNobodyNotices(Fault fault) throws Exception {
        assertClean(report("", 20_000, fault));
    }

    /** The same with clients who read at any node. */
    void assertNoReaderNotices(Fault fault) throws Exception {
        assertClean(report("--mode MCP_SERVER", 20_000, fault));
    }

    /** What the ledger says after it; failing calls are the test's to judge. */
    Map<String, String> report(String mode, int deadlineMs, Fault fault) throws Exception {
        shell.run("ledger:start --clients 64 --deadline-ms " + deadlineMs + " " + mode);
        try {
            shell.run("ledger:wait --seconds 1");
            fault.happen();
            shell.run("ledger:wait --seconds 1");
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + "; " + shell.attempt("ledger:report --json"), e);
        }
        String json = shell.attempt("ledger:report --json");
        System.out.println("chaos: " + name.getMethodName() + ", seed " + seed + ": " + json);
        return figures(json);
    }

    private static Map<String, String> figures(String json) {
        Matcher figure = Pattern.compile("\"(\\w+)\":(\\d+|\\{[^}]*\\})").matcher(json);
        Map<String, String> figures = new TreeMap<>();
        while (figure.find()) {
            figures.put(figure.group(1), figure.group(2));
        }
        assertTrue(json, figures.containsKey("lost"));
        return figures;
    }

    void assertClean(Map<String, String> figures) {
        for (String wrong : new String[] {"failed", "unknown", "lost", "duplicated", "staleReads"}) {
            assertTrue("seed " + seed + ": " + wrong + ": " + figures, "0".equals(figures.get(wrong)));
        }
        assertTrue(figures.toString(), Integer.parseInt(figures.get("requests")) > 0);
    }

    /** Nothing that was acknowledged is missing or there twice. */
    void assertKept(Map<String, String> figures) {
        for (String wrong : new String[] {"lost", "duplicated", "staleReads"}) {
            assertTrue("seed " + seed + ": " + wrong + ": " + figures, "0".equals(figures.get(wrong)));
        }
    }

    /** SQL that finds a process which serves the ledger's clients; another one each time. */
    String aBackend() {
        return "SELECT pid FROM pg_stat_activity WHERE application_name = 'ucm/main/ASYNC_MODERN' ORDER BY md5(pid || '"
                + random.nextInt() + "') LIMIT 1";
    }

    static void seconds(double seconds) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep((long) (seconds * 1000));
    }
}
