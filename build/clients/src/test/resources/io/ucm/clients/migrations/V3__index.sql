-- SPDX-FileCopyrightText: 2026 The UCM authors
-- SPDX-License-Identifier: Apache-2.0
CREATE INDEX CONCURRENTLY flyway_orders_customer ON flyway_orders (customer);
