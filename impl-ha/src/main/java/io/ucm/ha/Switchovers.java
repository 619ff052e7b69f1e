// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.RoleExchange;
import io.ucm.spi.ServerControl;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Exchanges roles by plan, in the callers' threads, one at a time in each cluster. Thread-safe. When it ends, what can
 * still be taken back is taken back, and what can't is waited for; then it is interrupted.
 */
@Component(service = Switchovers.class)
public final class Switchovers {

    private static final String RANKING = "service.ranking";
    private static final long END_MS = TimeUnit.SECONDS.toMillis(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private record Control(ServerControl service, String cluster, int ranking) {}

    private record Running(PlannedSwitchover switchover, Thread thread) {}

    private final ProbingTopologyWatcher watcher;
    private final List<Control> controls = new CopyOnWriteArrayList<>();
    /** By cluster; guarded by itself, as is {@code closed}. */
    private final Map<String, Running> running = new HashMap<>();

    private boolean closed;

    @Activate
    public Switchovers(@Reference(name = "watcher") ProbingTopologyWatcher watcher) {
        this.watcher = watcher;
    }

    @Reference(
            name = "control",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            target = "(" + ServerControl.CLUSTER + "=*)")
    void addControl(ServerControl control, Map<String, Object> properties) {
        controls.add(new Control(
                control,
                String.valueOf(properties.get(ServerControl.CLUSTER)),
                properties.get(RANKING) instanceof Integer ranking ? ranking : 0));
    }

    void removeControl(ServerControl control) {
        controls.removeIf(known -> known.service() == control);
    }

    private ServerControl control(String cluster) {
        return controls.stream()
                .filter(control -> control.cluster().equals(cluster))
                .max(Comparator.comparingInt(Control::ranking))
                .map(Control::service)
                .orElseThrow(() -> new IllegalStateException(
                        ("cluster '%s': nobody here starts and stops its servers; a switchover needs a service %s with"
                                        + " %s=%s, as the embedded servers bring one, or the addresses of patroni")
                                .formatted(cluster, ServerControl.class.getName(), ServerControl.CLUSTER, cluster)));
    }

    /**
     * Makes that node the primary. Blocks until it is, and the old one is its standby; throws with the reason when that
     * can't be begun, or was taken back.
     *
     * @param limit how long it waits for the nodes to answer, and for those that failed a moment ago
     */
    SwitchoverReport run(ClusterWatch watch, Duration limit, String node) {
        Topology topology = settled(watch, limit, node);
        if (topology == null) {
            throw new IllegalStateException("cluster '%s': its nodes have not answered yet".formatted(watch.cluster()));
        }
        synchronized (running) {
            if (running.containsKey(watch.cluster())) {
                throw new IllegalStateException(
                        "cluster '%s': another switchover is under way".formatted(watch.cluster()));
            }
        }
        SwitchoverPlan plan = SwitchoverPlan.of(topology, watch.watched().nodes(), node);
        PlannedSwitchover switchover = switchover(watch, topology, plan);
        begin(watch.cluster(), switchover);
        try {
            return switchover.run();
        } finally {
            end(watch.cluster());
        }
    }

    /** The topology, once reads may go to that node and no node is in doubt, or the limit is over; null: there is none yet. */
    private static @Nullable Topology settled(ClusterWatch watch, Duration limit, String node) {
        long deadline = System.nanoTime() + limit.toNanos();
        Topology topology = watch.awaitTopology(limit);
        while (topology != null
                && topology.primary() != null
                && topology.nodes().stream().anyMatch(status -> isInDoubt(status, node))
                && System.nanoTime() - deadline < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
            topology = watch.topology();
        }
        return topology;
    }

    private static boolean isInDoubt(NodeStatus status, String target) {
        return status.node().state() == NodeState.SUSPECT || status.node().id().equals(target) && !status.readable();
    }

    private PlannedSwitchover switchover(ClusterWatch watch, Topology topology, SwitchoverPlan plan) {
        Duration drainLimit = watcher.settings().drainLimit();
        RoleExchange exchange = watch.watched().roleExchange().orElse(null);
        if (exchange != null) {
            return new AskedSwitchover(watch, exchange, drainLimit, plan);
        }
        SwitchoverPlan withAll = plan.withAll(topology);
        return new Switchover(watch, control(watch.cluster()), drainLimit, withAll);
    }

    private void begin(String cluster, PlannedSwitchover switchover) {
        synchronized (running) {
            if (closed) {
                throw new IllegalStateException("the bundle is stopping");
            }
            Running other = running.putIfAbsent(cluster, new Running(switchover, Thread.currentThread()));
            if (other != null) {
                throw new IllegalStateException("cluster '%s': another switchover is under way".formatted(cluster));
            }
        }
    }

    private void end(String cluster) {
        synchronized (running) {
            running.remove(cluster);
            running.notifyAll();
            if (closed) {
                // The interrupt was this class's own.
                Thread.interrupted();
            }
        }
    }

    @Deactivate
    void deactivate() {
        synchronized (running) {
            closed = true;
            running.values().forEach(one -> one.switchover().stop(one.thread()));
            awaitNone();
            running.values().forEach(one -> one.thread().interrupt());
        }
    }

    /** Under the lock, which waiting lets go of. */
    private void awaitNone() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MS);
        try {
            long left = END_MS;
            while (!running.isEmpty() && left > 0) {
                running.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
