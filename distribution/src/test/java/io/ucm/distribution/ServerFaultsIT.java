// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeNotNull;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.inject.Inject;
import org.junit.Test;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.ops4j.pax.exam.util.Filter;

/** A part of a server, or a whole replica, is ill or dead, and no primary is lost. */
@ExamReactorStrategy(PerClass.class)
public class ServerFaultsIT extends ChaosContainer {

    private static final CallOptions ON_PRIMARY =
            CallOptions.DEFAULT.withAccess(Access.READ_WRITE).withDeadline(Duration.ofSeconds(1));

    @Inject
    @Filter("(ucm.mode=ADMIN)")
    private ConnectionManager owner;

    @Test
    public void aBackendThatIsStoppedForAWhileIsWaitedFor() throws Exception {
        assertNobodyNotices(() -> {
            String stopped = kit.sql("n1", aBackend());
            ChaosKit.signal("STOP", stopped);
            try {
                seconds(5);
            } finally {
                ChaosKit.signal("CONT", stopped);
            }
        });
    }

    @Test
    public void writersDoNotMissOneReplica() throws Exception {
        assertNobodyNotices(() -> loseReplica("n3"));
    }

    @Test
    public void readersDoNotMissOneReplica() throws Exception {
        assertNoReaderNotices(() -> loseReplica("n2"));
    }

    private void loseReplica(String node) throws Exception {
        shell.run("embedded:kill " + node);
        seconds(2);
        shell.run("embedded:rejoin " + node);
        kit.awaitAllUp();
    }

    @Test
    public void whereTheDiskIsFullWritesSaySoAndReadsGoOn() throws Exception {
        SmallDisk disk = SmallDisk.in(kit, "n1");
        assumeNotNull(disk);
        try {
            assertWritesFailWhile(() -> {
                disk.take("ledger_entry");
                disk.fill();
                readOn();
                disk.empty();
            });
            assertNobodyNotices(() -> {});
        } finally {
            disk.close();
        }
    }

    /** The same where no disk can be mounted. */
    @Test
    public void whereTheServerSaysThatItsDiskIsFullReadsGoOn() throws Exception {
        assertWritesFailWhile(() -> {
            sql("CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE ''could not extend file'' USING ERRCODE = ''disk_full''; END'");
            sql("CREATE TRIGGER disk_is_full BEFORE INSERT ON ledger_entry FOR EACH STATEMENT"
                    + " EXECUTE FUNCTION disk_is_full()");
            readOn();
            sql("DROP FUNCTION disk_is_full() CASCADE");
        });
        assertNobodyNotices(() -> {});
    }

    private void assertWritesFailWhile(Fault full) throws Exception {
        Map<String, String> figures = report("", 20_000, full);
        assertKept(figures);
        assertTrue(figures.toString(), figures.get("failedByState").matches("\\{\"53100\":\\d+\\}"));
        assertEquals("0", figures.get("unknown"));
    }

    private void readOn() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            readThePrimary();
            seconds(0.1);
        }
    }

    private void readThePrimary() {
        assertTrue(manager.read(
                        connection -> {
                            try (Statement statement = connection.createStatement()) {
                                return statement.execute("SELECT count(*) FROM ledger_entry");
                            }
                        },
                        ON_PRIMARY)
                .toCompletableFuture()
                .join());
    }

    private void sql(String sql) {
        owner.write(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute(sql);
                    }
                })
                .toCompletableFuture()
                .join();
    }
}
