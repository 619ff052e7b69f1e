// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/** What one cached value is found by, within its cluster. */
public record CacheKey(String region, String tenant, String key) {}
