// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.shell.Table;
import java.util.List;
import java.util.Objects;

/**
 * The audit's result, as {@code ucm:audit} prints it.
 *
 * @param share of the bundles that reach the database or Redis, how many do so through UCM only, in percent; 100 when
 *     none does
 */
record AuditReport(Number share, List<Through> through, List<Past> past) {

    /** A bundle that uses UCM's services. */
    record Through(String bundle, String version, long id, String how) {}

    /** Counts bundles, each once. */
    static AuditReport of(int through, int past, List<Through> whoThrough, List<Past> whoPast) {
        double share = past == 0 ? 100 : 100.0 * through / (through + past);
        return new AuditReport(
                Objects.requireNonNull(Figures.printable(Math.round(share * 10) / 10.0)),
                List.copyOf(whoThrough),
                List.copyOf(whoPast));
    }

    @Override
    public String toString() {
        Table users = new Table("through UCM", "version", "id", "how");
        through.forEach(t -> users.row(t.bundle(), t.version(), t.id(), t.how()));
        Table others = new Table("past UCM", "how", "evidence", "excused");
        past.forEach(p -> others.row(p.bundle(), p.how(), p.evidence(), p.excused()));
        return users + "\n\n" + others + "\n\n" + share + " % through UCM";
    }
}
