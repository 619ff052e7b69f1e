// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Lets another bundle serve in a slot: finds or installs it, starts it, chooses it, and waits. */
final class Swap {

    static final String AUTO = "auto";

    private static final String CAUSE = "ucm:swap";

    private static final long PART_LIMIT = TimeUnit.SECONDS.toNanos(10);
    private static final long EXCHANGE_LIMIT = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(2);

    /** One that was found, and what was done for it. */
    private record Found(Bundle bundle, boolean installed, boolean started) {

        /** As it was before. */
        void undo() {
            try {
                if (installed) {
                    bundle.uninstall();
                } else if (started) {
                    bundle.stop();
                }
            } catch (BundleException e) {
                throw new IllegalStateException(
                        inWords(bundle) + " could not be put back as it was: " + e.getMessage(), e);
            }
        }
    }

    private final Core core;
    private final BundleContext context;

    Swap(Core core, BundleContext context) {
        this.core = core;
        this.context = context;
    }

    /**
     * Blocks until the exchange has come to its end, for 70 s at most.
     *
     * @param what a symbolic name, with {@code :version} where there are several; an id; a file; a URL; or {@code auto}
     * @return null: that one serves already
     */
    @Nullable
    SwapReport run(String slotName, String what) {
        Slot<?> slot = core.slots().stream()
                .filter(there -> there.name().equals(slotName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no slot '%s'; there are: %s"
                        .formatted(
                                slotName, core.slots().stream().map(Slot::name).collect(Collectors.joining(", ")))));
        long ended = core.exchanges().ended(slot);
        if (what.equals(AUTO)) {
            return exchange(slot, null, ended);
        }
        Found found = find(what);
        if (!await(PART_LIMIT, () -> offers(slot, found.bundle()))) {
            found.undo();
            throw new IllegalStateException("%s offers nothing for the slot '%s' within %d s; ucm:why may say why"
                    .formatted(inWords(found.bundle()), slotName, TimeUnit.NANOSECONDS.toSeconds(PART_LIMIT)));
        }
        core.load(found.bundle());
        SwapReport report = exchange(slot, found.bundle(), ended);
        if (report != null && report.outcome() == SwapReport.Outcome.ROLLED_BACK) {
            found.undo();
            throw new IllegalStateException(report.toString());
        }
        return report;
    }

    /** @param ended how many of that slot had ended before the bundle was started, which may begin one as well */
    private @Nullable SwapReport exchange(Slot<?> slot, @Nullable Bundle bundle, long ended) {
        String to = bundle == null
                ? null
                : offered(slot, bundle).map(Part::toString).orElse(null);
        core.choose(slot, bundle, CAUSE);
        await(EXCHANGE_LIMIT, () -> !core.exchanges().isRunning(slot));
        return core.exchanges().lastOf(slot, ended, to);
    }

    private static boolean offers(Slot<?> slot, Bundle bundle) {
        return offered(slot, bundle).isPresent();
    }

    private static Optional<? extends Part<?>> offered(Slot<?> slot, Bundle bundle) {
        return slot.all().stream().filter(part -> part.bundle().equals(bundle)).findFirst();
    }

    private Found find(String what) {
        URL url = location(what);
        Found found = url != null ? installed(url) : new Found(there(what), false, false);
        return started(found);
    }

    private static Found started(Found found) {
        if (found.bundle().getState() == Bundle.ACTIVE) {
            return found;
        }
        try {
            found.bundle().start();
            return new Found(found.bundle(), found.installed(), true);
        } catch (BundleException e) {
            found.undo();
            throw new IllegalStateException(
                    "%s does not start: %s".formatted(inWords(found.bundle()), e.getMessage()), e);
        }
    }

    /** A file or a URL; null: a name or an id. */
    private @Nullable URL location(String what) {
        try {
            if (what.contains(":/") || what.startsWith("file:")) {
                return URI.create(what).toURL();
            }
            for (Path path : List.of(Path.of(what), Path.of(String.valueOf(context.getProperty("ucm.home")), what))) {
                if (Files.isRegularFile(path)) {
                    return path.toUri().toURL();
                }
            }
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw new IllegalArgumentException("'%s' is no URL: %s".formatted(what, e.getMessage()), e);
        }
        if (what.contains("/") || what.endsWith(".jar")) {
            throw new IllegalArgumentException(
                    "there is no file " + Path.of(what).toAbsolutePath());
        }
        return null;
    }

    private Found installed(URL url) {
        Bundle before = context.getBundle(url.toString());
        if (before != null) {
            return new Found(before, false, false);
        }
        try (var content = url.openStream()) {
            return new Found(context.installBundle(url.toString(), content), true, false);
        } catch (IOException e) {
            throw new IllegalStateException("%s can't be read: %s".formatted(url, e), e);
        } catch (BundleException e) {
            throw new IllegalStateException(
                    e.getType() == BundleException.DUPLICATE_BUNDLE_ERROR
                            ? "%s: a bundle of the same name and version is installed already; choose that one, or uninstall it"
                                    .formatted(url)
                            : "%s can't be installed: %s".formatted(url, e.getMessage()),
                    e);
        }
    }

    private Bundle there(String what) {
        List<Bundle> all = Arrays.stream(context.getBundles())
                .filter(bundle -> is(bundle, what))
                .sorted(Comparator.comparing(Bundle::getVersion))
                .toList();
        if (all.size() == 1) {
            return all.get(0);
        }
        throw new IllegalArgumentException(
                all.isEmpty()
                        ? "no bundle '%s' is installed, and it is no file; ucm:slots shows what there is"
                                .formatted(what)
                        : "several bundles are called '%s'; choose by id, or by name and version: %s"
                                .formatted(what, all.stream().map(Swap::inWords).collect(Collectors.joining(", "))));
    }

    private static boolean is(Bundle bundle, String what) {
        return what.equals(bundle.getSymbolicName())
                || what.equals(bundle.getSymbolicName() + ":" + bundle.getVersion())
                || what.equals(Long.toString(bundle.getBundleId()));
    }

    private static String inWords(Bundle bundle) {
        return "%s:%s [%d]".formatted(bundle.getSymbolicName(), bundle.getVersion(), bundle.getBundleId());
    }

    private static boolean await(long limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY);
        }
        return true;
    }
}
