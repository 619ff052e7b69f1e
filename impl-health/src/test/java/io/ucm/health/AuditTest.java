// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.health.BundleFacts.PackageWire;
import io.ucm.health.BundleFacts.UsedService;
import io.ucm.shell.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final String MANAGER = "io.ucm.api.ConnectionManager";
    private static final String DATA_SOURCE = "javax.sql.DataSource";
    private static final String FACTORY = "org.osgi.service.jdbc.DataSourceFactory";
    private static final UsedService THROUGH = new UsedService(MANAGER, "main/ADMIN", "io.ucm.manager 1.0.0", true);

    private final List<BundleFacts> bundles = new ArrayList<>();

    @Test
    void whereNobodyUsesADatabaseAllGoThroughUcm() {
        bundle("test.app", List.of(), Set.of(), Set.of(), List.of());

        assertThat(audit()).isEqualTo(new AuditReport(100L, List.of(), List.of()));
    }

    @Test
    void usersOfTheManagersAndTheirDataSourcesGoThroughUcm() {
        bundle(
                "test.app",
                List.of(),
                Set.of(),
                Set.of(),
                List.of(
                        THROUGH,
                        new UsedService(MANAGER, "main/ASYNC_MODERN", "io.ucm.manager 1.0.0", true),
                        new UsedService(DATA_SOURCE, "main/ADMIN", "io.ucm.manager 1.0.0", true)));

        assertThat(Json.line(audit()))
                .isEqualTo("{\"share\":100,\"through\":[{\"bundle\":\"test.app\",\"version\":\"1.0.0\",\"id\":1,"
                        + "\"how\":\"ConnectionManager main/ADMIN, main/ASYNC_MODERN; DataSource main/ADMIN\"}],"
                        + "\"past\":[]}");
    }

    @Test
    void aWireToADriverIsPastUcmAndNamed() {
        bundle("test.good", List.of(), Set.of(), Set.of(), List.of(THROUGH));
        bundle(
                "test.bad",
                List.of(
                        new PackageWire("org.postgresql.util", "org.postgresql.jdbc 42.7.14"),
                        new PackageWire("org.postgresql", "org.postgresql.jdbc 42.7.14"),
                        new PackageWire("org.postgresqlx", "other 1.0.0")),
                Set.of(),
                Set.of(),
                List.of());

        AuditReport report = audit();
        assertThat(report.share()).isEqualTo(50L);
        assertThat(Json.line(report))
                .endsWith("\"past\":[{\"bundle\":\"test.bad\",\"how\":\"wire\",\"evidence\":\"is wired to "
                        + "org.postgresql from org.postgresql.jdbc 42.7.14, "
                        + "org.postgresql.util from org.postgresql.jdbc 42.7.14\",\"excused\":null}]}");
    }

    @Test
    void aBundleThatDoesBothCountsOnceAndAsPast() {
        bundle("test.good", List.of(), Set.of(), Set.of(), List.of(THROUGH));
        bundle("test.good2", List.of(), Set.of(), Set.of(), List.of(THROUGH));
        bundle(
                "test.both",
                List.of(new PackageWire("redis.clients.jedis", "jedis 7")),
                Set.of(Library.C3P0),
                Set.of(),
                List.of(THROUGH));

        AuditReport report = audit();
        assertThat(report.share()).isEqualTo(66.7);
        assertThat(report.through()).hasSize(3);
        assertThat(report.past()).hasSize(2);
    }

    @Test
    void foreignServicesArePastUcm() {
        bundle(
                "test.bad",
                List.of(),
                Set.of(),
                Set.of(),
                List.of(
                        new UsedService(DATA_SOURCE, "", "pax.jdbc 1.5.7", false),
                        new UsedService(FACTORY, "", "org.postgresql.jdbc 42.7.14", false)));

        assertThat(audit().past())
                .containsExactly(
                        new Past("test.bad", "service", "uses the DataSource of pax.jdbc 1.5.7", null),
                        new Past(
                                "test.bad",
                                "service",
                                "uses the DataSourceFactory of org.postgresql.jdbc 42.7.14",
                                null));
        assertThat(audit().share()).isEqualTo(0L);
    }

    @Test
    void ucmsOwnPartsAreExcusedForWhatTheyAre() {
        bundle(
                "io.ucm.pool",
                List.of(),
                Set.of(Library.HIKARICP),
                Set.of("io.ucm.spi.ConnectionPoolFactory"),
                List.of());
        bundle(
                "io.ucm.pool.agroal",
                List.of(),
                Set.of(Library.AGROAL),
                Set.of("io.ucm.spi.ConnectionPoolFactory"),
                List.of());
        bundle("io.ucm.cache", List.of(), Set.of(Library.JEDIS), Set.of("io.ucm.spi.CacheLevelsFactory"), List.of());
        bundle("io.ucm.embedded", List.of(), Set.of(Library.PGJDBC), Set.of(), List.of());
        bundle("org.postgresql.jdbc", List.of(), Set.of(Library.PGJDBC), Set.of(FACTORY), List.of());
        bundle(
                "io.ucm.manager",
                List.of(),
                Set.of(),
                Set.of(MANAGER),
                List.of(new UsedService(FACTORY, "", "org.postgresql.jdbc 42.7.14", false)));

        assertThat(audit().share()).isEqualTo(100L);
        assertThat(audit().past()).hasSize(6).allMatch(past -> past.excused() != null);
    }

    @Test
    void ucmsOwnPartsAreExcusedForNothingElse() {
        bundle("io.ucm.pool", List.of(), Set.of(Library.HIKARICP), Set.of(), List.of());
        bundle("io.ucm.pool", List.of(), Set.of(Library.JEDIS), Set.of("io.ucm.spi.ConnectionPoolFactory"), List.of());
        bundle(
                "io.ucm.other",
                List.of(),
                Set.of(Library.HIKARICP),
                Set.of("io.ucm.spi.ConnectionPoolFactory"),
                List.of());
        bundle("org.postgresql.jdbc", List.of(), Set.of(Library.PGJDBC), Set.of(), List.of());
        bundle(
                "io.ucm.manager",
                List.of(new PackageWire("org.postgresql", "org.postgresql.jdbc 42.7.14")),
                Set.of(),
                Set.of(MANAGER),
                List.of());

        assertThat(audit().past()).hasSize(5).allMatch(past -> past.excused() == null);
        assertThat(audit().share()).isEqualTo(0L);
    }

    @Test
    void aLibraryThatRunsNothingIsExcusedButNotWhoIsWiredToIt() {
        bundles.add(new BundleFacts(
                "com.zaxxer.HikariCP", "7.1.0", 8, List.of(), Set.of(Library.HIKARICP), Set.of(), List.of(), false));
        bundle(
                "test.bad",
                List.of(new PackageWire("com.zaxxer.hikari", "com.zaxxer.HikariCP 7.1.0")),
                Set.of(),
                Set.of(),
                List.of());

        assertThat(audit().past()).extracting(past -> past.excused() == null).containsExactly(false, true);
    }

    @Test
    void aWireCountsWhateverItsBundleRuns() {
        PackageWire wire = new PackageWire("org.postgresql", "org.postgresql.jdbc 42.7.14");
        bundles.add(new BundleFacts("test.quiet", "1.0.0", 9, List.of(wire), Set.of(), Set.of(), List.of(), false));

        assertThat(audit().past()).extracting(Past::excused).containsOnlyNulls().hasSize(1);
    }

    @Test
    void anOperatorExcusesByName() {
        bundle("test.legacy", List.of(), Set.of(Library.DBCP), Set.of(), List.of());
        Excuses excuses = Excuses.of(new String[] {"test.legacy = until 2027, ticket 7=8", "test.other=x"});

        AuditReport report = Audit.of(bundles, excuses);

        assertThat(report.share()).isEqualTo(100L);
        assertThat(report.past().get(0).excused()).isEqualTo("until 2027, ticket 7=8");
        assertThat(report.past().get(0).evidence())
                .isEqualTo("has org/apache/commons/dbcp2/BasicDataSource.class inside");
    }

    @Test
    void anExcuseWithoutAReasonIsRefused() {
        assertThatThrownBy(() -> Excuses.of(new String[] {"test.legacy="}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("io.ucm.health, audit.excused: 'test.legacy=': "
                        + "must be the symbolic name of a bundle, '=', and a reason");
        assertThatThrownBy(() -> Excuses.of(new String[] {"=reason"})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTableSaysThePercentage() {
        bundle("test.bad", List.of(), Set.of(Library.LETTUCE), Set.of(), List.of());

        assertThat(audit().toString()).contains("test.bad").endsWith("0 % through UCM");
    }

    private void bundle(
            String name, List<PackageWire> wires, Set<Library> inside, Set<String> provides, List<UsedService> uses) {
        bundles.add(new BundleFacts(name, "1.0.0", bundles.size() + 1, wires, inside, provides, uses, true));
    }

    private AuditReport audit() {
        return Audit.of(bundles, new Excuses(Map.of()));
    }
}
