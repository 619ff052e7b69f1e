--liquibase formatted sql
-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0

--changeset ucm:1
CREATE TABLE liquibase_orders (id int PRIMARY KEY, amount numeric(10, 2));
--rollback DROP TABLE liquibase_orders;

--changeset ucm:2 splitStatements:false
CREATE FUNCTION liquibase_total() RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT sum(amount) FROM liquibase_orders);
END $$;
--rollback DROP FUNCTION liquibase_total();

--changeset ucm:3
INSERT INTO liquibase_orders VALUES (1, 9.50), (2, 0.50);
--rollback DELETE FROM liquibase_orders;
