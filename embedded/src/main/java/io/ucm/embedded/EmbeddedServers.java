// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import io.ucm.spi.ServerControl;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs a PostgreSQL primary with two replicas and a Redis for as long as the component is active, publishes the
 * configurations that point at them, and brings the shell commands that make faults, and the control of the servers.
 *
 * <p>Activation returns when all of them run and the configurations are published; if that fails, nothing of it is
 * left. The only threads are those of the activation and of the commands' callers.
 */
@Component(
        service = {},
        immediate = true)
public final class EmbeddedServers {

    private final CleanUp cleanUp = new CleanUp();
    private final Room room;

    /** Takes two to three seconds, and some more when the binaries are to be unpacked. */
    @Activate
    public EmbeddedServers(
            BundleContext context, @Reference(name = "configurationAdmin") ConfigurationAdmin configurationAdmin) {
        this(context, configurationAdmin, Room.real());
    }

    EmbeddedServers(BundleContext context, ConfigurationAdmin configurationAdmin, Room room) {
        this.room = room;
        EmbeddedSettings settings = EmbeddedSettings.of(context);
        if (settings.enabled()) {
            try {
                Step.of("all servers", "ready", () -> start(settings, context, configurationAdmin));
            } catch (RuntimeException | Error e) {
                cleanUp.run();
                throw e;
            }
        }
    }

    private void start(EmbeddedSettings settings, BundleContext context, ConfigurationAdmin configurationAdmin)
            throws Exception {
        Leftovers leftovers = new Leftovers();
        leftovers.endAll(settings.instance());
        Platform platform = Platform.current();
        PackagedBinaries binaries = new PackagedBinaries(platform);
        DataFolder data = settings.data() == null
                ? DataFolder.create(settings.instance(), settings.inMemory())
                : DataFolder.keep(settings.data(), binaries.postgresMajor(), leftovers);
        cleanUp.add("closing " + data.path(), data::close);
        long needed = data.complete() ? Room.KEPT_BYTES : Room.NEW_BYTES;
        room.require(data.path(), needed);
        settings.checkPorts();

        BinaryCache cache = new BinaryCache(settings.cachePlaces(
                data.root(), platform, System.getenv(), data.path().resolve("binaries")));
        Path postgresHome =
                Step.of("PostgreSQL " + binaries.postgresVersion(), "unpacked", () -> binaries.postgres(cache));
        Path redisServer = Step.of("Redis " + binaries.redisVersion(), "unpacked", () -> binaries.redisServer(cache));
        leftovers.endAllWithoutFolder(List.of(postgresHome.resolve("bin/postgres"), redisServer));
        UnprivilegedUser user = Step.of(
                "user",
                "chosen",
                () -> data.root()
                        ? UnprivilegedUser.insteadOfRoot(UnprivilegedUser.Way.values())
                        : UnprivilegedUser.self());
        data.checkAccess(user);
        try {
            Servers servers = run(settings, data, new PostgresPrograms(postgresHome, user), redisServer);
            publish(servers, data.path(), context, configurationAdmin);
        } catch (Exception e) {
            throw room.explain(e, data.path(), needed);
        }
    }

    private record Servers(PostgresCluster postgres, RedisNode redis) {}

    private Servers run(EmbeddedSettings settings, DataFolder data, PostgresPrograms programs, Path redisServer)
            throws Exception {
        RedisNode redis =
                new RedisNode(data.path().resolve("redis"), redisServer, programs.user(), settings.redisPorts());
        cleanUp.add("stopping Redis", redis::stop);
        boolean complete = data.complete();
        ClusterRoles roles = complete ? ClusterRoles.load(data.rolesFile()) : ClusterRoles.random();
        PostgresCluster postgres =
                new PostgresCluster(data.path(), programs, roles, settings.postgresPorts(), data.kept());
        cleanUp.add("stopping PostgreSQL", postgres::stop);
        Parallel.run(
                "start",
                () -> {
                    if (!complete) {
                        PublishedConfiguration.forget(settings.state());
                        postgres.create();
                    }
                    if (data.kept() && !complete) {
                        roles.save(data.rolesFile());
                    }
                    postgres.start();
                },
                () -> Step.of("Redis", "started", redis::start));
        return new Servers(postgres, redis);
    }

    private void publish(Servers servers, Path data, BundleContext context, ConfigurationAdmin configurationAdmin) {
        PublishedConfiguration configuration = new PublishedConfiguration(configurationAdmin);
        cleanUp.add("deleting the published configuration", configuration::delete);
        Step.of("configuration", "published", () -> configuration.publish(servers.postgres(), servers.redis()));

        Turns turns = new Turns();
        Faults faults = new Faults(servers.postgres(), servers.redis(), room, data, turns);
        cleanUp.add("ending what is done to the servers", turns::close);
        Dictionary<String, Object> properties = new Hashtable<>(
                Map.of("osgi.command.scope", "embedded", "osgi.command.function", EmbeddedCommands.functions()));
        ServiceRegistration<EmbeddedCommands> commands =
                context.registerService(EmbeddedCommands.class, new EmbeddedCommands(faults), properties);
        cleanUp.add("taking the commands away", commands::unregister);
        ServiceRegistration<ServerControl> control = context.registerService(
                ServerControl.class,
                new EmbeddedControl(servers.postgres(), turns),
                new Hashtable<>(Map.of(ServerControl.CLUSTER, PublishedConfiguration.CLUSTER)));
        cleanUp.add("taking the control of the servers away", control::unregister);
    }

    /** Returns when no process of them is left, and no file but what is kept; usually well under a second. */
    @Deactivate
    public void stop() {
        cleanUp.run();
    }
}
