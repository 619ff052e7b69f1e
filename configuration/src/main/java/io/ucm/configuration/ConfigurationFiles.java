// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a configuration, open to every bundle, of each {@code .cfg.json} and {@code .cfg} file in the watched folders.
 * A file that can't be read is named with the reason, and leaves its configuration as it was. One that is written again is
 * given out again, also with the same content. Thread-safe.
 *
 * <p>File Install itself knows no {@code .cfg.json}, and separates a factory's name with a dash.
 */
@Component(service = ArtifactInstaller.class, property = "service.ranking:Integer=100")
public final class ConfigurationFiles implements ArtifactInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);

    /** Where those who take a configuration find its file, as File Install names it. */
    private static final String FILE = "felix.fileinstall.filename";

    /** Every bundle may have it. */
    private static final String ANYWHERE = "?";

    private final ConfigurationAdmin admin;
    private final SecretWatch secrets;

    /** The file that each PID came from; guarded by this. */
    private final Map<Pid, File> files = new HashMap<>();

    @Activate
    public ConfigurationFiles(
            @Reference(name = "admin") ConfigurationAdmin admin, @Reference(name = "secrets") SecretWatch secrets) {
        this.admin = admin;
        this.secrets = secrets;
    }

    @Override
    public boolean canHandle(File file) {
        return Pid.isIn(file);
    }

    @Override
    public void install(File file) throws IOException {
        apply(file);
    }

    @Override
    public void update(File file) throws IOException {
        apply(file);
    }

    private synchronized void apply(File file) throws IOException {
        Pid pid = Pid.of(file);
        File other = files.getOrDefault(pid, file);
        if (!other.equals(file) && other.exists()) {
            LOG.warn("{}: {} configures {} already; this file is left out", file, other, pid);
            return;
        }
        Map<String, Object> values;
        try {
            String text = Utf8.decode(Files.readAllBytes(file.toPath()));
            values = Pid.isJson(file) ? JsonValues.parse(text) : PropertyValues.parse(text);
        } catch (InvalidFileException e) {
            LOG.warn(
                    "{}: {}; {}",
                    file,
                    e.getMessage(),
                    files.containsKey(pid)
                            ? "what it said before stays in force"
                            : "it is left out until it is corrected");
            return;
        }
        values.put(FILE, file.toURI().toString());
        files.put(pid, file);
        secrets.give(configuration(pid), new Hashtable<>(values));
        LOG.info("{} is configured by {}", pid, file);
    }

    private Configuration configuration(Pid pid) throws IOException {
        return pid.name() == null
                ? admin.getConfiguration(pid.pid(), ANYWHERE)
                : admin.getFactoryConfiguration(pid.pid(), pid.name(), ANYWHERE);
    }

    /** A file that was left out takes nothing with it. */
    @Override
    public synchronized void uninstall(File file) throws IOException {
        Pid pid = Pid.of(file);
        if (files.remove(pid, file)) {
            configuration(pid).delete();
            LOG.info("{} is configured no more: {} is gone", pid, file);
        }
    }
}
