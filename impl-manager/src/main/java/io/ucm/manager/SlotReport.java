// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What fills one slot, and what else is installed for it; nulls when it is empty. */
record SlotReport(
        @Nullable Long bundleId,
        @Nullable String bundle,
        @Nullable String version,
        @Nullable Integer ranking,
        @Nullable String since,
        List<PartReport> others) {

    /** One implementation. */
    record PartReport(long bundleId, String bundle, String version, int ranking) {

        static PartReport of(Part<?> part) {
            return new PartReport(
                    part.bundle().getBundleId(),
                    part.bundle().getSymbolicName(),
                    part.bundle().getVersion().toString(),
                    part.ranking());
        }

        @Override
        public String toString() {
            return "%s %s [%d]".formatted(bundle, version, bundleId);
        }
    }

    static SlotReport empty() {
        return new SlotReport(null, null, null, null, null, List.of());
    }

    static SlotReport of(Part<?> serving, @Nullable String since, List<? extends Part<?>> all) {
        PartReport report = PartReport.of(serving);
        return new SlotReport(
                report.bundleId(),
                report.bundle(),
                report.version(),
                report.ranking(),
                since,
                all.stream()
                        .filter(part -> !part.reference().equals(serving.reference()))
                        .map(PartReport::of)
                        .toList());
    }
}
