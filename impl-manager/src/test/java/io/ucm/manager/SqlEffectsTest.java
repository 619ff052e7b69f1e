// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.SqlEffects.ANYTHING;
import static io.ucm.manager.SqlEffects.LASTING;
import static io.ucm.manager.SqlEffects.LISTENS;
import static io.ucm.manager.SqlEffects.LOCAL;
import static io.ucm.manager.SqlEffects.PREPARED;
import static io.ucm.manager.SqlEffects.ROUTINES;
import static io.ucm.manager.SqlEffects.SESSION;
import static io.ucm.manager.SqlEffects.TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlEffectsTest {

    private final SqlEffects effects = new SqlEffects(Routines.NONE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "-- SET a = 1",
                "/* /* nested */ SET a = 1; */ SELECT 1",
                "SELECT 1",
                "(SELECT 1) UNION (SELECT 2)",
                "insert into t values (?, $1)",
                "UPDATE t SET a = 1 WHERE b = 'COMMIT; SET x = 1'",
                "SELECT 'it''s; SET a = 1'",
                "SELECT E'it\\'s; SET a = 1'",
                "SELECT $$; COMMIT $$, $tag$ ; $$ SET a = 1 $tag$",
                "SELECT \"; COMMIT\", \"a\"\"; COMMIT\" FROM t",
                "SELECT a$b$ FROM t; SELECT 1; SELECT b$b$ FROM t",
                "WITH x AS (SELECT 1) DELETE FROM t USING x",
                "MERGE INTO t USING s ON true WHEN MATCHED THEN DO NOTHING",
                "SELECT temp, set_config FROM t",
                "SELECT pg_advisory_xact_lock(1), pg_advisory_unlock(1)",
                "SET CONSTRAINTS ALL DEFERRED",
                "SAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a; RELEASE a",
                "COMMIT PREPARED 'x'",
                "CREATE TABLE t (a int); CREATE INDEX ON t (a); DROP TABLE t",
                "CREATE TEMP TABLE t (a int) ON COMMIT DROP",
                "DECLARE c CURSOR FOR SELECT 1",
                "SELECT a INTO t FROM s",
                "COPY t FROM STDIN",
                "EXPLAIN ANALYZE SELECT 1",
                "{call f(?)}",
                "{? = call f(?, {fn now()})}",
                "DO $$ DECLARE n int; BEGIN UPDATE t SET a = 1; IF n > 1 THEN RAISE 'SET'; END IF; END $$",
                "NOTIFY a",
            })
    void leaveNothing(String sql) {
        assertThat(effects.of(sql)).isZero();
    }

    static Stream<Arguments> leaving() {
        return Stream.of(
                Arguments.of("SET a = 1", SESSION),
                Arguments.of("SELECT set_config('a', (f(1, 2)), TRUE)", LOCAL),
                Arguments.of("SET LOCAL a = 1", LOCAL),
                Arguments.of("SET TRANSACTION READ ONLY", LOCAL),
                Arguments.of("set session a to 1", SESSION),
                Arguments.of("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", SESSION),
                Arguments.of("/**/SET/**/ROLE x", SESSION),
                Arguments.of("SELECT 1;-- x\nSET a = 1", SESSION),
                Arguments.of("SELECT 1;-- x\rSET a = 1", SESSION),
                Arguments.of("SELECT 'a\\'; SET a = 1; --'", SESSION),
                Arguments.of("SELECT /* ' */ 1; SET a = 1 /* ' */", SESSION),
                Arguments.of("SELECT 1-- '\n; SET a = 1 -- '", SESSION),
                Arguments.of("SELECT $1;SET a = $2", SESSION),
                Arguments.of("SELECT a$b$ FROM t; SET a = 1; SELECT b$b$", SESSION),
                Arguments.of("RESET ALL", SESSION),
                Arguments.of("DISCARD ALL", ANYTHING),
                Arguments.of("LISTEN a", SESSION | LISTENS),
                Arguments.of("PREPARE p AS SELECT 1", SESSION | PREPARED),
                Arguments.of("EXECUTE p", ANYTHING),
                Arguments.of("DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT 1", SESSION),
                Arguments.of("CREATE TEMP TABLE t (a int)", SESSION),
                Arguments.of("create or replace temporary view v as select 1", SESSION),
                Arguments.of("CREATE LOCAL TEMPORARY SEQUENCE s", SESSION),
                Arguments.of("SELECT a INTO TEMP t FROM s", SESSION),
                Arguments.of("SELECT 1INTO LOCAL TEMPORARY t", SESSION),
                Arguments.of("WITH x AS (SELECT 1) SELECT * INTO TEMP TABLE t FROM x", SESSION),
                Arguments.of("EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1", SESSION),
                Arguments.of("CREATE TABLE pg_temp.t (a int)", SESSION),
                Arguments.of("INSERT INTO t SELECT pg_catalog.set_config('a', 'b', false)", SESSION),
                Arguments.of("SELECT \"set_config\" ('a', 'b', false)", SESSION),
                Arguments.of("SELECT set_config('a', 'true', b)", SESSION),
                Arguments.of("SELECT set_config('a', 'b', f(x, true))", SESSION),
                Arguments.of("SELECT set_config('a', 'b', not true)", SESSION),
                Arguments.of("SELECT U&\"\\0073et_config\"('a', 'b', false)", ANYTHING),
                Arguments.of("UPDATE pg_settings SET setting = 1", SESSION),
                Arguments.of("EXPLAIN ANALYZE SELECT pg_advisory_lock(1)", SESSION),
                Arguments.of("COPY (SELECT pg_try_advisory_lock_shared(1)) TO STDOUT", SESSION),
                Arguments.of("SELECT query_to_xml('...', true, true, '')", ANYTHING),
                Arguments.of("LOAD 'x'", LASTING),
                Arguments.of("SELECT setseed(0)", LASTING),
                Arguments.of("BEGIN", TRANSACTION),
                Arguments.of("START TRANSACTION READ ONLY", TRANSACTION),
                Arguments.of("SELECT 1; COMMIT AND CHAIN", TRANSACTION),
                Arguments.of("END", TRANSACTION),
                Arguments.of("ABORT", TRANSACTION),
                Arguments.of("ROLLBACK", TRANSACTION),
                Arguments.of("PREPARE TRANSACTION 'x'", TRANSACTION),
                Arguments.of("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; COMMIT $$ LANGUAGE sql", ROUTINES),
                Arguments.of(
                        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; COMMIT; END",
                        ROUTINES),
                Arguments.of("CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; COMMIT", ROUTINES | TRANSACTION),
                Arguments.of("CREATE OR REPLACE CONSTRAINT TRIGGER t AFTER INSERT ON x", ROUTINES),
                Arguments.of("ALTER FUNCTION f() RENAME TO g", ROUTINES),
                Arguments.of("CREATE TABLE t (a text DEFAULT set_config('a', 'b', false))", SESSION | ROUTINES),
                Arguments.of("DO $$ BEGIN SET a = 1; END $$", SESSION),
                Arguments.of("DO $$ BEGIN IF true THEN RESET a; END IF; END $$", SESSION),
                Arguments.of("DO $$ <<here>> SET a = 1; $$", SESSION),
                Arguments.of("DO $$ BEGIN EXECUTE 'x'; END $$", ANYTHING | ROUTINES),
                Arguments.of("DO $$ BEGIN CREATE FUNCTION f() RETURNS int AS 'x'; END $$", ROUTINES),
                Arguments.of("DO LANGUAGE plperl $$ x $$", ANYTHING | ROUTINES),
                Arguments.of("DO E'\\x53ET a = 1'", ANYTHING | ROUTINES),
                Arguments.of("WHATEVER comes", ANYTHING));
    }

    @ParameterizedTest
    @MethodSource("leaving")
    void leave(String sql, int what) {
        assertThat(effects.of(sql)).isEqualTo(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT '",
                "SELECT E'\\",
                "SELECT \"",
                "SELECT $a$ x",
                "/* /* */",
                "SELECT $",
                "$a",
                "--",
                "E",
                "u&\"",
                "SELECT set_config(",
                "SELECT set_config()",
                "SELECT a INTO",
                "SELECT a INTO local",
                "0x",
                "BEGIN ATOMIC"
            })
    void whatIsCutOffIsRead(String sql) {
        effects.of(sql);
        effects.ofBody(sql);
    }

    @Test
    void aRoutineThatChangesTheSessionIsSeenWhereverItIsNamed() {
        SqlEffects knowing = new SqlEffects(new Routines(Set.of("change", "Odd name"), false, false));

        assertThat(knowing.of("SELECT x.change FROM x")).isEqualTo(ANYTHING);
        assertThat(knowing.of("CALL CHANGE(1)")).isEqualTo(ANYTHING);
        assertThat(knowing.of("SELECT \"Odd name\"()")).isEqualTo(ANYTHING);
        assertThat(knowing.of("SELECT 'change'")).isZero();
        assertThat(knowing.of("INSERT INTO t VALUES (1)")).isZero();
        assertThat(knowing.of("CREATE INDEX ON t (change(a))")).isEqualTo(ANYTHING | ROUTINES);
    }

    @Test
    void whatWritesOrAnythingMayReachOne() {
        SqlEffects byWrites = new SqlEffects(new Routines(Set.of(), true, false));
        assertThat(byWrites.of("WITH x AS (UPDATE t SET a = 1) SELECT 1")).isEqualTo(ANYTHING);
        assertThat(byWrites.of("SELECT 1")).isZero();

        SqlEffects unknown = new SqlEffects(Routines.UNKNOWN);
        assertThat(unknown.of("SELECT 1")).isEqualTo(ANYTHING);
        assertThat(unknown.of("BEGIN")).isEqualTo(ANYTHING | TRANSACTION);
    }
}
