// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs a PostgreSQL primary with two replicas and a Redis for as long as the component is active, and publishes the
 * configurations that point at them.
 *
 * <p>Activation returns when all of them run and the configurations are published; if that fails, nothing of it is
 * left. The only threads are those of the activation.
 */
@Component(
        service = {},
        immediate = true)
public final class EmbeddedServers {

    private final CleanUp cleanUp = new CleanUp();

    /** Takes two to three seconds, and some more when the binaries are to be unpacked. */
    @Activate
    public EmbeddedServers(
            BundleContext context, @Reference(name = "configurationAdmin") ConfigurationAdmin configurationAdmin) {
        EmbeddedSettings settings = EmbeddedSettings.of(context);
        if (settings.enabled()) {
            try {
                Step.of("all servers", "ready", () -> start(settings, new PublishedConfiguration(configurationAdmin)));
            } catch (RuntimeException | Error e) {
                cleanUp.run();
                throw e;
            }
        }
    }

    private void start(EmbeddedSettings settings, PublishedConfiguration configuration) throws Exception {
        DataFolder data = DataFolder.create(settings.instance(), settings.inMemory());
        cleanUp.add("deleting " + data.path(), data::delete);

        Platform platform = Platform.current();
        PackagedBinaries binaries = new PackagedBinaries(platform);
        BinaryCache cache = new BinaryCache(settings.cachePlaces(
                data.root(), platform, System.getenv(), data.path().resolve("binaries")));
        Path postgresHome =
                Step.of("PostgreSQL " + binaries.postgresVersion(), "unpacked", () -> binaries.postgres(cache));
        Path redisServer = Step.of("Redis " + binaries.redisVersion(), "unpacked", () -> binaries.redisServer(cache));
        UnprivilegedUser user = Step.of(
                "user",
                "chosen",
                () -> data.root()
                        ? UnprivilegedUser.insteadOfRoot(UnprivilegedUser.Way.values())
                        : UnprivilegedUser.self());

        FreePorts ports = new FreePorts();
        RedisNode redis = new RedisNode(data.path().resolve("redis"), redisServer, user, ports);
        cleanUp.add("stopping Redis", redis::stop);
        PostgresCluster postgres = new PostgresCluster(
                data.path(), new PostgresPrograms(postgresHome, user), ClusterRoles.random(), ports);
        cleanUp.add("stopping PostgreSQL", postgres::stop);
        Parallel.run(
                "start",
                () -> {
                    postgres.create();
                    postgres.start();
                },
                () -> Step.of("Redis", "started", redis::start));

        cleanUp.add("deleting the published configuration", configuration::delete);
        Step.of("configuration", "published", () -> configuration.publish(postgres, redis));
    }

    /** Returns when no process and no file of them is left; bounded, usually well under a second. */
    @Deactivate
    public void stop() {
        cleanUp.run();
    }
}
