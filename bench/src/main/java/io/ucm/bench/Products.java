// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.container.UcmContainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;

/**
 * The products and how they are set. All: a fixed number of connections with the same settings of their session, and five
 * seconds to wait for one. A peer's other settings are its defaults, but that Sling's pool validates what it lends (at most
 * every 30 s) and rolls back what is returned.
 */
final class Products {

    private static final String NAME = "bench";
    private static final String ACQUIRE_MS = String.valueOf(Contestant.ACQUIRE_TIMEOUT.toMillis());

    private static final String UCM_POOL = "io.ucm.pool";
    private static final String UCM_OTHER_POOL = "io.ucm.pool.agroal";
    private static final String PAX_POOL = "org.ops4j.pax.jdbc.pool.hikaricp";
    private static final String PAX_LIBRARY = "com.zaxxer.HikariCP";
    private static final String SLING = "org.apache.sling.datasource";

    private Products() {}

    /** UCM as it comes, with two pools, of which HikariCP serves; and with that one alone. */
    static List<Product> ucm(UcmContainer container, int size) throws Exception {
        container.change(Embedded.MODE_PID, "pool.size.count", size);
        Bundles bundles = new Bundles(container.context());
        return List.of(
                ucm(container, bundles, "another pool beside", true, () -> bundles.start(UCM_OTHER_POOL)),
                ucm(container, bundles, "the only pool", false, () -> bundles.stop(UCM_OTHER_POOL)));
    }

    private static Product ucm(
            UcmContainer container, Bundles bundles, String which, boolean spare, Traffic.Action ready)
            throws Exception {
        return new Product(
                new Contestant("ucm, " + which, container.version()),
                "ucm/" + UcmContainer.EMBEDDED + "/" + UcmContainer.MODE,
                bundles,
                ConsumerBundle.install(
                        container.context(),
                        "(&(ucm.cluster=%s)(ucm.mode=%s))".formatted(UcmContainer.EMBEDDED, UcmContainer.MODE)),
                UCM_POOL,
                UCM_POOL,
                spare,
                size -> container.change(Embedded.MODE_PID, "pool.size.count", size),
                ready,
                () -> container.run("ucm:swaps"));
    }

    /** @param started has their containers at once, for whoever stops them */
    static List<Product> peers(Path peers, Path assembly, Database database, int size, List<PeerContainer> started)
            throws Exception {
        PeerContainer pax = PeerContainer.start(assembly, peers.resolve("pax-jdbc"));
        started.add(pax);
        PeerContainer sling = PeerContainer.start(assembly, peers.resolve("sling-datasource"));
        started.add(sling);
        return List.of(pax(pax, database, size), sling(sling, database, size));
    }

    private static Product pax(PeerContainer container, Database database, int size) throws Exception {
        String application = "bench/pax-jdbc";
        Map<String, String> settings = new HashMap<>();
        settings.put("dataSourceName", NAME);
        settings.put("osgi.jdbc.driver.class", database.driver());
        settings.put("url", database.named(application).urlWithProperties());
        settings.put("user", database.user());
        settings.put("password", database.password());
        settings.put("pool", "hikari");
        settings.put("hikari.maximumPoolSize", String.valueOf(size));
        settings.put("hikari.connectionTimeout", ACQUIRE_MS);
        Configuration configuration = container.configure("org.ops4j.datasource", settings);
        return peer(
                "pax-jdbc, hikaricp",
                application,
                container.context(),
                "(dataSourceName=" + NAME + ")",
                PAX_POOL,
                PAX_LIBRARY,
                resized -> change(configuration, Map.of("hikari.maximumPoolSize", String.valueOf(resized))));
    }

    private static Product sling(PeerContainer container, Database database, int size) throws Exception {
        String application = "bench/sling-datasource";
        Map<String, Object> settings = new HashMap<>(slingSizes(size));
        settings.put("datasource.name", NAME);
        settings.put("driverClassName", database.driver());
        settings.put("url", database.named(application).urlWithProperties());
        settings.put("username", database.user());
        settings.put("password", database.password());
        settings.put("maxWait", Integer.valueOf(ACQUIRE_MS));
        settings.put("testOnBorrow", true);
        settings.put("validationQuery", "SELECT 1");
        settings.put("defaultAutoCommit", "true");
        settings.put("datasource.svc.properties", new String[] {"rollbackOnReturn=true"});
        Configuration configuration = container.configure(SLING + ".DataSourceFactory", settings);
        return peer(
                "sling-datasource, tomcat-jdbc",
                application,
                container.context(),
                "(datasource.name=" + NAME + ")",
                SLING,
                SLING,
                resized -> change(configuration, slingSizes(resized)));
    }

    private static Map<String, Integer> slingSizes(int size) {
        return Map.of("initialSize", size, "minIdle", size, "maxIdle", size, "maxActive", size);
    }

    private static Product peer(
            String name,
            String application,
            BundleContext context,
            String filter,
            String pool,
            String library,
            Product.Resize resize)
            throws IOException, BundleException, InvalidSyntaxException {
        Bundles bundles = new Bundles(context);
        return new Product(
                new Contestant(name, bundles.version(pool)),
                application,
                bundles,
                ConsumerBundle.install(context, filter),
                pool,
                library,
                false,
                resize,
                () -> {},
                () -> "");
    }

    private static void change(Configuration configuration, Map<String, ?> changed) throws IOException {
        Dictionary<String, Object> properties = configuration.getProperties();
        changed.forEach(properties::put);
        configuration.update(properties);
    }
}
