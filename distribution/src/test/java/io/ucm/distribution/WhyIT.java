// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static io.ucm.distribution.ContainerShell.await;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Mistakes are answered: each is named by {@code ucm:why}, with where it was made and the way out, and the rest works
 * on.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WhyIT {

    private static final String SECRET = "geheim-7431";

    /** Who watches the nodes finds it first. */
    private static final String NO_PRIMARY = "cluster 'other' has no primary: ";

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin admin;

    private final List<Configuration> configured = new ArrayList<>();
    private ContainerShell shell;

    @org.ops4j.pax.exam.Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void nothingIsMissing() throws Exception {
        shell = new ContainerShell(context);
        await("all is well", this::why, "{\"findings\":[]}"::equals);
    }

    @After
    public void theMistakeIsForgottenAndTheRestWorks() throws Exception {
        String why = why();
        for (Configuration configuration : configured) {
            configuration.delete();
        }
        assertFalse(why, why.contains(SECRET));
        await("the mistake is forgotten", this::why, "{\"findings\":[]}"::equals);
        assertOneRow(sql(""));
    }

    private static void assertOneRow(String result) {
        assertTrue(result, result.contains("\"rows\":[[1]]"));
    }

    @Test
    public void anUnknownMode() throws Exception {
        mode("bad", Map.of("mode", "FAST"));
        awaitFinding(null, "io.ucm.mode~bad", "mode: 'FAST' is none of [MCP_SERVER, ML_TRAINING, ADMIN,");
    }

    @Test
    public void anUnknownProperty() throws Exception {
        mode("bad", Map.of("statment.timeout.ms", 5));
        awaitFinding(null, "io.ucm.mode~bad", "statment.timeout.ms: there is no such attribute; there are: .password");
    }

    @Test
    public void aNumberThatIsNone() throws Exception {
        mode("bad", Map.of("pool.size.count", "many"));
        awaitFinding(null, "io.ucm.mode~bad", "pool.size.count: 'many' is not a whole number");
    }

    @Test
    public void aMalformedAddress() throws Exception {
        cluster("other", Map.of("nodes", new String[] {"db.example/orders"}));
        awaitFinding(
                null,
                "io.ucm.cluster~other",
                "nodes: 'db.example/orders' is not of the form id=host:port, such as n1=db.example:5432");
    }

    @Test
    public void aModeWithoutItsCluster() throws Exception {
        mode("lonely", Map.of("cluster", "elsewhere"));
        awaitFinding("elsewhere", "elsewhere/ADMIN", "no io.ucm.cluster says where 'elsewhere' is; there are: [main]");
    }

    @Test
    public void aClusterWithoutAMode() throws Exception {
        cluster("other", Map.of());
        awaitFinding("other", "other", "no io.ucm.mode is configured for it, so it has no manager");
    }

    /** Its managers are there and wait. */
    @Test
    public void aPatroniThatIsAway() throws Exception {
        cluster("other", Map.of("failover.policy", "FOLLOW", "nodes", new String[0], "patroni", new String[] {
            "http://127.0.0.1:1"
        }));
        mode("other", Map.of("cluster", "other"));
        String refused = "http://127.0.0.1:1 could not be asked: connection refused";
        awaitFinding(
                "other",
                "other/ADMIN",
                "the nodes of cluster 'other' are not known: Patroni has not named them: " + refused);
        awaitFinding("other", "patroni", "could not be asked; the nodes that are known stay in force: " + refused);
    }

    @Test
    public void aWrongPassword() throws Exception {
        cluster("other", Map.of());
        mode("other", Map.of("cluster", "other", ".password", SECRET));
        awaitFinding(
                "other",
                "other/ADMIN",
                node() + ": could not connect as '" + user() + "': FATAL: password authentication failed for user \\\""
                        + user() + "\\\" (28P01); check user and .password of io.ucm.mode~other");
    }

    @Test
    public void aRoleThatIsNotThere() throws Exception {
        cluster("other", Map.of());
        mode("other", Map.of("cluster", "other", "user", "nobody", ".password", SECRET));
        awaitFinding(
                "other",
                "other/ADMIN",
                node() + ": could not connect as 'nobody': FATAL: password authentication failed for user"
                        + " \\\"nobody\\\" (28P01); check user and .password of io.ucm.mode~other");
    }

    @Test
    public void aDatabaseThatIsNotThere() throws Exception {
        cluster("other", Map.of("database", "nope"));
        mode("other", Map.of("cluster", "other"));
        awaitFinding(
                "other",
                "other/ADMIN",
                NO_PRIMARY + node() + ": could not connect as 'ucm_ha': FATAL: database \\\"nope\\\" does not exist"
                        + " (3D000); create the database, or correct database of io.ucm.cluster~other");
    }

    @Test
    public void aServerThatCannotBeReached() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        cluster("other", Map.of("nodes", new String[] {"n1=127.0.0.1:" + free}));
        mode("other", Map.of("cluster", "other"));
        awaitFinding(
                "other",
                "other/ADMIN",
                NO_PRIMARY + "n1 (127.0.0.1:" + free + "): could not connect as 'ucm_ha': Connection to 127.0.0.1:"
                        + free + " refused.");
        awaitFinding("other", "node n1", "");
        await(
                "the way out",
                this::why,
                why -> why.contains("(08001); check that a server listens there, and nodes of io.ucm.cluster~other"));
    }

    @Test
    public void aServerThatIsStillStarting() throws Exception {
        try (StartingServer starting = new StartingServer()) {
            cluster("other", Map.of("nodes", new String[] {"n1=127.0.0.1:" + starting.port()}));
            mode("other", Map.of("cluster", "other"));
            awaitFinding(
                    "other",
                    "other/ADMIN",
                    NO_PRIMARY + "n1 (127.0.0.1:" + starting.port() + "): could not connect as 'ucm_ha"
                            + "': FATAL: the database system is starting up (57P03);"
                            + " it is starting, or stopping; UCM tries again by itself");
        }
    }

    /** The second waits, and takes over when the first is gone. */
    @Test
    public void twoConfigurationsOfOneMode() throws Exception {
        cluster("other", Map.of());
        Configuration first = mode("first", Map.of("cluster", "other"));
        await(
                "the first serves",
                () -> shell.attempt("ucm:pool --json --cluster other"),
                pools -> pools.contains("\"why\":null"));
        mode("second", Map.of("cluster", "other", "pool.size.count", 2));
        awaitFinding(
                null,
                "io.ucm.mode~second",
                "'other/ADMIN' is configured twice: io.ucm.mode~first came first and stays in force,"
                        + " this one waits until that is gone");

        configured.remove(first);
        first.delete();

        await(
                "the second serves",
                () -> shell.attempt("ucm:pool --json --cluster other"),
                pools -> pools.contains("\"max\":2"));
        await("all is well", this::why, "{\"findings\":[]}"::equals);
    }

    /** A change that is refused leaves the running manager as it was; the next good one is taken. */
    @Test
    public void aChangeForTheWorseLosesNothing() throws Exception {
        cluster("other", Map.of());
        Configuration configuration = mode("other", Map.of("cluster", "other"));
        await(
                "it serves",
                () -> shell.attempt("ucm:pool --json --cluster other"),
                pools -> pools.contains("\"why\":null"));

        update(configuration, Map.of("pool.size.count", 0));

        awaitFinding(
                null,
                "io.ucm.mode~other",
                "pool.size.count: 0: must be at least 1; what it said before stays in force");
        assertOneRow(sql("--cluster other --mode ADMIN"));
        update(configuration, Map.of("pool.size.count", 3));
        await(
                "it changes",
                () -> shell.attempt("ucm:pool --json --cluster other"),
                pools -> pools.contains("\"max\":3"));
    }

    @Test
    public void noPoolBundle() throws Exception {
        Bundle other = bundle("io.ucm.pool.agroal");
        other.stop();
        try {
            without("io.ucm.pool", "no connection pool is installed: the slot 'pool' is empty");
        } finally {
            other.start();
        }
    }

    @Test
    public void noDriverBundle() throws Exception {
        without(
                "org.postgresql.jdbc",
                "no DataSourceFactory with osgi.jdbc.driver.class=org.postgresql.Driver; there are: []");
    }

    private void without(String bundle, String why) throws Exception {
        Bundle stopped = bundle(bundle);
        stopped.stop();
        try {
            awaitFinding("main", "main/ADMIN", why);
        } finally {
            stopped.start();
        }
    }

    @Test
    public void anApiThatIsTooOldForABundle() throws Exception {
        Path folder = Files.createTempDirectory("why");
        Bundle demanding =
                context.installBundle(TestBundle.importing("io.ucm.api;version=\"[9,10)\"", "demanding", folder)
                        .toUri()
                        .toString());
        try {
            awaitFinding(
                    null,
                    "bundle test.demanding 1.0.0 [" + demanding.getBundleId() + "]",
                    "is not resolved: nothing offers the package (&(osgi.wiring.package=io.ucm.api)(version>=9.0.0)"
                            + "(!(version>=10.0.0))) (there is version 0.1.0 of io.ucm.api)");
        } finally {
            demanding.uninstall();
        }
    }

    /** A component of somebody else's bundle that asks for a mode which nobody configured. */
    @Test
    public void aComponentThatWaitsForAManager() throws Exception {
        Path folder = Files.createTempDirectory("why");
        Bundle waiting = context.installBundle(TestBundle.waitingFor("(ucm.mode=FAST)", "waiting", folder)
                .toUri()
                .toString());
        try {
            waiting.start();
            awaitFinding(
                    null,
                    "component test.waiting of bundle test.waiting",
                    "waits for a ConnectionManager with (ucm.mode=FAST); there are: [main/ADMIN, main/ASYNC_MODERN,");
        } finally {
            waiting.uninstall();
        }
    }

    private void awaitFinding(String cluster, String subject, String problem) throws Exception {
        String expected = "{\"cluster\":%s,\"subject\":\"%s\",\"problem\":\"%s"
                .formatted(cluster == null ? "null" : '"' + cluster + '"', subject, problem);
        await(expected, this::why, why -> why.contains(expected));
    }

    private String why() throws Exception {
        return shell.run("ucm:why --json");
    }

    private String sql(String options) throws Exception {
        return shell.run("ucm:sql --json " + options + " 'select 1 as one'");
    }

    /** A cluster on the embedded servers, with changes. */
    private void cluster(String name, Map<String, ?> changes) throws IOException {
        configure("io.ucm.cluster", name, published("io.ucm.cluster~main"), Map.of("cluster", name), changes);
    }

    /** A mode of that cluster, in the role of the embedded servers' ADMIN, with changes. */
    private Configuration mode(String name, Map<String, ?> changes) throws IOException {
        return configure("io.ucm.mode", name, published("io.ucm.mode~main-ADMIN"), Map.of(), changes);
    }

    private Configuration configure(
            String factory, String name, Dictionary<String, Object> base, Map<String, ?> naming, Map<String, ?> changes)
            throws IOException {
        Configuration configuration = admin.getFactoryConfiguration(factory, name, "?");
        naming.forEach(base::put);
        changes.forEach(base::put);
        configuration.update(base);
        configured.add(configuration);
        return configuration;
    }

    private static void update(Configuration configuration, Map<String, ?> changes) throws IOException {
        Dictionary<String, Object> properties = configuration.getProperties();
        changes.forEach(properties::put);
        configuration.update(properties);
    }

    private Dictionary<String, Object> published(String pid) {
        try {
            Configuration[] found = admin.listConfigurations("(service.pid=" + pid + ")");
            assertNotNull(pid, found);
            Dictionary<String, Object> copy = new Hashtable<>();
            found[0].getProperties().keys().asIterator().forEachRemaining(key -> {
                if (!key.startsWith("service.")) {
                    copy.put(key, found[0].getProperties().get(key));
                }
            });
            return copy;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String user() {
        return (String) published("io.ucm.mode~main-ADMIN").get("user");
    }

    /** As errors call the primary. */
    private String node() {
        String first = ((String[]) published("io.ucm.cluster~main").get("nodes"))[0];
        return first.replaceFirst("(.*)=(.*)", "$1 ($2)");
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }
}
