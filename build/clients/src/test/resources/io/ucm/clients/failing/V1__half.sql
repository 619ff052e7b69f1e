-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE flyway_half (id int);
INSERT INTO no_such_table VALUES (1);
