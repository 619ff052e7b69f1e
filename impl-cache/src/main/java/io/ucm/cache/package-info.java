// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The levels above the database: a near cache on Ehcache and a remote one in Redis, by Jedis. Both libraries are inside
 * the bundle: to exchange the bundle is to exchange them.
 */
@NullMarked
package io.ucm.cache;

import org.jspecify.annotations.NullMarked;
