-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE flyway_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, amount int NOT NULL);
