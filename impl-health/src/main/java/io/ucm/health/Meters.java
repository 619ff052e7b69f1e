// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The meters of what has ended, by the names of OpenTelemetry's conventions for database clients. Thread-safe; {@link
 * #ended} looks its timers up and adds to them, without a lock.
 *
 * <p>{@code db.namespace} is the cluster, which is what a caller knows its database by. A tag that has no value is
 * {@value #NONE}, because a registry such as Prometheus wants the same tags on every meter of a name.
 */
final class Meters implements AutoCloseable {

    static final String OPERATION = "db.client.operation.duration";
    static final String WAIT = "db.client.connection.wait_time";
    static final String TIMEOUTS = "db.client.connection.timeouts";
    static final String POOL = "db.client.connection.pool.name";
    static final String NONE = "none";

    /** OpenTelemetry's name for a value that is not listed. */
    private static final String OTHER = "_OTHER";

    private static final String NO_CONNECTION_IN_TIME = "08001";

    /** What may be thrown is the application's: from here on new kinds of errors are not told apart. */
    private static final int MOST = 1000;

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Map<Key, Recorder> recorders = new ConcurrentHashMap<>();

    /** What operations are told apart by. */
    private record Key(
            String cluster,
            String mode,
            String name,
            @Nullable NodeAddress node,
            @Nullable String error) {}

    /** The meters of one key. */
    private record Recorder(Timer operation, Timer waiting, Counter timeouts, boolean timedOut) {

        void record(Operation ended) {
            operation.record(ended.nanos(), TimeUnit.NANOSECONDS);
            waiting.record(ended.waitedNanos(), TimeUnit.NANOSECONDS);
            if (timedOut) {
                timeouts.increment();
            }
        }
    }

    void ended(Operation operation) {
        Key key = new Key(operation.cluster(), operation.mode(), operation.name(), operation.node(), operation.error());
        Recorder known = recorders.get(key);
        (known == null ? create(key) : known).record(operation);
    }

    /** Without the gauges by which the registry shows its timers' buckets once more. */
    List<Meter> all() {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().syntheticAssociation() == null)
                .toList();
    }

    private Recorder create(Key key) {
        if (recorders.size() >= MOST && key.error() != null && !key.error().equals(OTHER)) {
            Key other = new Key(key.cluster(), key.mode(), key.name(), key.node(), OTHER);
            return recorders.computeIfAbsent(other, this::register);
        }
        return recorders.computeIfAbsent(key, this::register);
    }

    private Recorder register(Key key) {
        NodeAddress node = key.node();
        Tags operation = Tags.of(
                "db.system.name",
                "postgresql",
                "db.namespace",
                key.cluster(),
                "db.operation.name",
                key.name(),
                "error.type",
                key.error() == null ? NONE : key.error(),
                "server.address",
                node == null ? NONE : node.host(),
                "server.port",
                node == null ? NONE : String.valueOf(node.port()),
                "ucm.mode",
                key.mode());
        Tags pool = Tags.of(POOL, key.cluster() + "/" + key.mode());
        return new Recorder(
                timer(OPERATION, operation),
                timer(WAIT, pool),
                registry.counter(TIMEOUTS, pool),
                NO_CONNECTION_IN_TIME.equals(key.error()));
    }

    private Timer timer(String name, Tags tags) {
        return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(registry);
    }

    @Override
    public void close() {
        registry.close();
    }
}
