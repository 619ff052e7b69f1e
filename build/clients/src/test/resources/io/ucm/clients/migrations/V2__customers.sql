-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0
INSERT INTO flyway_orders (customer, amount) VALUES ('Ada', 10), ('Grace', 20), ('Barbara', 30);
