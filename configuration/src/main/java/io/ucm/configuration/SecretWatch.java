// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.io.IOException;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second at the files of the secrets that configurations name, and gives those out again whose secrets are
 * other ones than they were given out with: when all of them were the same in two looks, because a file may be half
 * written. A secret that is gone changes nothing: given out, its configuration would have the placeholder for a
 * password. Thread-safe.
 */
@Component(
        service = {SecretWatch.class, SynchronousConfigurationListener.class},
        immediate = true)
public final class SecretWatch implements SynchronousConfigurationListener {

    private static final Logger LOG = LoggerFactory.getLogger(SecretWatch.class);

    private static final long INTERVAL_MS = 1000;

    private final ConfigurationAdmin admin;
    private final SecretFolders folders;
    private final ScheduledExecutorService timer;

    private record Naming(Configuration configuration, Set<String> names) {}

    /** What was there when a configuration was given out, by PID and by the secret's name. */
    private final Map<String, Map<String, SecretLook>> given = new ConcurrentHashMap<>();

    /** What the last round saw; the timer's. */
    private Map<String, SecretLook> seen = Map.of();

    /** The secrets that it was said of that they are gone; the timer's. */
    private final Set<String> gone = new HashSet<>();

    @Activate
    public SecretWatch(@Reference(name = "admin") ConfigurationAdmin admin, BundleContext context) {
        this(admin, SecretFolders.of(context.getProperty(SecretFolders.PROPERTY)));
        timer.scheduleWithFixedDelay(this::lookSafely, INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    SecretWatch(ConfigurationAdmin admin, SecretFolders folders) {
        this.admin = admin;
        this.folders = folders;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "ucm-secrets-1");
            thread.setDaemon(true);
            return thread;
        });
        naming().forEach(this::remember);
    }

    /** Gives out a configuration; not while the watch does, which would bring back what it held before. */
    synchronized void give(Configuration configuration, Dictionary<String, ?> values) throws IOException {
        configuration.update(values);
    }

    /** Comes before anybody is given the configuration: a secret that changes after this look is not missed. */
    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getType() == ConfigurationEvent.CM_DELETED) {
            given.remove(event.getPid());
        } else if (event.getType() == ConfigurationEvent.CM_UPDATED) {
            naming().stream()
                    .filter(naming -> naming.configuration().getPid().equals(event.getPid()))
                    .forEach(this::remember);
        }
    }

    private void remember(Naming naming) {
        Map<String, SecretLook> looks = new HashMap<>();
        naming.names().forEach(name -> looks.put(name, folders.look(name)));
        given.put(naming.configuration().getPid(), looks);
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("the secrets could not be looked at; the next look is in {} ms", INTERVAL_MS, e);
        }
    }

    /** One round. */
    void look() {
        List<Naming> all = naming();
        Map<String, SecretLook> now = new HashMap<>();
        all.forEach(naming -> naming.names().forEach(name -> now.computeIfAbsent(name, folders::look)));
        Map<String, Set<String>> losers = new TreeMap<>();
        for (Naming naming : all) {
            if (naming.names().stream().allMatch(name -> now.get(name).equals(seen.get(name)))) {
                compare(naming, now, losers);
            }
        }
        gone.removeIf(name -> !now.containsKey(name) || now.get(name).isThere());
        losers.forEach((name, pids) -> {
            if (gone.add(name)) {
                LOG.warn(
                        "secret '{}': {}; what it was before stays in force for {}",
                        name,
                        now.get(name).trouble(),
                        pids);
            }
        });
        seen = now;
    }

    /** @param losers who was given a secret that is gone, by its name */
    private void compare(Naming naming, Map<String, SecretLook> now, Map<String, Set<String>> losers) {
        String pid = naming.configuration().getPid();
        given.putIfAbsent(pid, now);
        Map<String, SecretLook> before = given.get(pid);
        Set<String> changed = new TreeSet<>();
        boolean complete = true;
        for (String name : naming.names()) {
            SecretLook there = now.get(name);
            SecretLook then = before.getOrDefault(name, there);
            if (there.isThere() && !there.sameSecret(then)) {
                changed.add(name);
            } else if (!there.isThere() && then.isThere()) {
                complete = false;
                losers.computeIfAbsent(name, any -> new TreeSet<>()).add(pid);
            }
        }
        if (complete && !changed.isEmpty()) {
            given.put(pid, now);
            giveAgain(naming.configuration(), changed);
        }
    }

    private synchronized void giveAgain(Configuration configuration, Set<String> changed) {
        String pid = configuration.getPid();
        try {
            // Without arguments, update() tells those that take configurations by events, such as SCR, nothing.
            configuration.update(configuration.getProperties());
            LOG.info("{} is given out again: new are its secrets {}", pid, changed);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} can't be given out again; its former secrets {} stay in force", pid, changed, e);
        }
    }

    private List<Naming> naming() {
        return configurations().stream()
                .map(configuration -> new Naming(configuration, SecretFolders.named(values(configuration))))
                .filter(naming -> !naming.names().isEmpty())
                .toList();
    }

    private List<Configuration> configurations() {
        try {
            Configuration[] all = admin.listConfigurations(null);
            return all == null ? List.of() : List.of(all);
        } catch (IOException e) {
            throw new IllegalStateException("the configurations can't be listed", e);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("no filter is a good filter", e);
        }
    }

    private static Map<String, Object> values(Configuration configuration) {
        Map<String, Object> values = new HashMap<>();
        try {
            Dictionary<String, Object> properties = configuration.getProperties();
            properties.keys().asIterator().forEachRemaining(key -> values.put(key, properties.get(key)));
        } catch (IllegalStateException deleted) {
            values.clear();
        }
        return values;
    }

    @Deactivate
    void close() {
        timer.shutdownNow();
    }
}
