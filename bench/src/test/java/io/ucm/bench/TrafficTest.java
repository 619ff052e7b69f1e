// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrafficTest {

    /** What the next one that asks for it does not get. */
    private enum Part {
        SERVICE,
        CONNECTION,
        COMMIT
    }

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger found = new AtomicInteger();
    private volatile @Nullable Part broken;

    @Test
    void whatIsBrokenIsCountedAndTriedAgain() throws Exception {
        try (Traffic traffic = Traffic.start(this::lookUp, 1, 2)) {
            traffic.awaitCommits(1);

            assertThat(during(traffic, null).clean()).isTrue();
            assertThat(during(traffic, Part.SERVICE))
                    .matches(seen -> seen.missing() == 1 && seen.failed() == 0 && seen.killed() == 0);
            assertThat(during(traffic, Part.CONNECTION))
                    .matches(seen -> seen.missing() == 0 && seen.failed() == 1 && seen.killed() == 0);
            assertThat(during(traffic, Part.COMMIT))
                    .matches(seen -> seen.missing() == 0 && seen.failed() == 0 && seen.killed() == 1);
            assertThat(traffic.killed()).isEqualTo(1);
            assertThat(traffic.committed()).isGreaterThan(2);
        }
        assertThat(open).hasValue(0);
        assertThat(found).hasValue(0);
    }

    private Tally.Outcome during(Traffic traffic, @Nullable Part next) throws Exception {
        Tally.Outcome seen = traffic.during(() -> broken = next, Duration.ofMillis(20));
        assertThat(broken).isNull();
        return seen;
    }

    /** Once. */
    private synchronized boolean breaks(Part part) {
        if (broken != part) {
            return false;
        }
        broken = null;
        return true;
    }

    private LookUp.@Nullable Found lookUp() {
        if (breaks(Part.SERVICE)) {
            return null;
        }
        found.incrementAndGet();
        return new LookUp.Found() {
            @Override
            public DataSource dataSource() {
                return stub(DataSource.class);
            }

            @Override
            public void close() {
                found.decrementAndGet();
            }
        };
    }

    private <T> T stub(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "getConnection" -> connection();
                        case "createStatement" -> stub(Statement.class);
                        case "prepareStatement" -> stub(PreparedStatement.class);
                        case "commit" -> {
                            if (breaks(Part.COMMIT)) {
                                throw new SQLException("cut");
                            }
                            yield null;
                        }
                        case "close" -> {
                            if (type == Connection.class) {
                                open.decrementAndGet();
                            }
                            yield null;
                        }
                        case "execute" -> true;
                        case "executeUpdate" -> 1;
                        default -> null;
                    };
                }));
    }

    private Connection connection() throws SQLException {
        if (breaks(Part.CONNECTION)) {
            throw new SQLException("none");
        }
        open.incrementAndGet();
        return stub(Connection.class);
    }
}
