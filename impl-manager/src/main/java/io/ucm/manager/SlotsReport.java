// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.shell.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Per slot what serves, since when, and what else is installed. Prints as a table. */
record SlotsReport(Map<String, SlotReport> slots) {

    static SlotsReport of(Core core) {
        Map<String, SlotReport> slots = new LinkedHashMap<>();
        Generation serving = core.managers().stream()
                .map(manager -> manager.generations().current())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        for (Slot<?> slot : core.slots()) {
            slots.put(slot.name(), report(core, slot, serving));
        }
        return new SlotsReport(slots);
    }

    /** What a generation was built from serves; where there is none, what the next would be built from. */
    private static SlotReport report(Core core, Slot<?> slot, @Nullable Generation serving) {
        List<? extends Part<?>> all = slot.all();
        if (serving != null) {
            for (Part<?> part : all) {
                if (serving.blueprint().uses(part.reference())) {
                    return SlotReport.of(part, serving.since().toString(), all);
                }
            }
        }
        Instant since = all.isEmpty() ? null : core.since(slot);
        return all.isEmpty()
                ? SlotReport.empty()
                : SlotReport.of(all.get(0), since == null ? null : since.toString(), all);
    }

    @Override
    public String toString() {
        Table table = new Table("slot", "bundle", "version", "id", "ranking", "since", "others");
        slots.forEach((name, slot) -> table.row(
                name,
                slot.bundle() == null ? "(empty)" : slot.bundle(),
                slot.version(),
                slot.bundleId(),
                slot.ranking(),
                slot.since(),
                slot.others().stream().map(Object::toString).collect(Collectors.joining(", "))));
        return table.toString();
    }
}
