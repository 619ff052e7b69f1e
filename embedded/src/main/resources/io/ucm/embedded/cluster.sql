-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0
-- Run once by the single-user server (-j: a statement ends with a semicolon and an empty line) in template1,
-- from which database ucm is then made with all that is granted here. :'role' is that role's password.

CREATE ROLE admin LOGIN PASSWORD :'admin';

CREATE ROLE mcp_server LOGIN PASSWORD :'mcp_server' IN ROLE pg_read_all_data;

ALTER ROLE mcp_server SET default_transaction_read_only = on;

CREATE ROLE ml_training LOGIN PASSWORD :'ml_training' IN ROLE pg_read_all_data, pg_write_all_data;

CREATE ROLE async_modern LOGIN PASSWORD :'async_modern' IN ROLE pg_read_all_data, pg_write_all_data;

CREATE ROLE high_availability LOGIN PASSWORD :'high_availability' IN ROLE pg_read_all_data, pg_write_all_data;

CREATE ROLE ucm_ha LOGIN REPLICATION PASSWORD :'ucm_ha' IN ROLE pg_monitor, pg_signal_backend, pg_checkpoint;

CREATE ROLE ucm_replication LOGIN REPLICATION PASSWORD :'ucm_replication';

CREATE ROLE ucm_embedded LOGIN PASSWORD :'ucm_embedded' IN ROLE pg_monitor;

GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean) TO ucm_embedded;

ALTER SCHEMA public OWNER TO admin;

GRANT CREATE ON SCHEMA public TO ml_training, async_modern, high_availability;

-- Sequences need no grant: what pg_write_all_data allows on them covers nextval.

-- Large objects and WAL messages are writes that PUBLIC could make.
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea),
    pg_logical_emit_message(boolean, text, text, boolean), pg_logical_emit_message(boolean, text, bytea, boolean)
    FROM PUBLIC;

GRANT EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea),
    pg_logical_emit_message(boolean, text, text, boolean), pg_logical_emit_message(boolean, text, bytea, boolean)
    TO admin, ml_training, async_modern, high_availability;

GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_reload_conf(), pg_wal_replay_resume() TO ucm_ha;

GRANT ALTER SYSTEM ON PARAMETER primary_conninfo, synchronous_standby_names, default_transaction_read_only, ucm.switchover
    TO ucm_ha;

REVOKE ALL ON DATABASE template1 FROM PUBLIC;

CREATE DATABASE ucm OWNER admin;

REVOKE ALL ON DATABASE ucm FROM PUBLIC;

GRANT CONNECT ON DATABASE ucm TO mcp_server, ucm_ha, ucm_embedded;

GRANT CONNECT, TEMPORARY ON DATABASE ucm TO ml_training, async_modern, high_availability;

-- Nobody needs it, and a quarter of all files to be copied for the replicas are its.
DROP DATABASE postgres;
