// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;

/**
 * How a mode looks after its calls and connections. Applications don't see it, and no pool or session is made with it: a
 * change acts at once, but for {@code keepalive}, which the pool does.
 *
 * @param slowCall how long a call may take before the log names it; zero: any time
 * @param maxLifetime when a connection is replaced by a new one, less some jitter; zero: never
 * @param keepalive how long a connection is idle before the pool asks it for a sign of life; zero: for ever
 * @param validateAfterIdle how long a connection may be idle and still be lent without a question; zero: not at all
 * @param leakLimit how long a borrowed connection may go unused before it is taken back; zero: for ever
 * @param borrowTrace whether the stack of each borrow is remembered
 * @param consumerSharePercent how many of the connections one bundle may hold while others wait; zero: all bundles as many
 * @param passwordGrace how long the former password is tried too after a change; zero: it is not
 * @param hold how long a bundle that leaves is held until its connections are back; zero: not at all
 * @param drainLimit how long a connection may still be used when its pool was replaced; zero: for ever
 */
record Care(
        Duration slowCall,
        Duration maxLifetime,
        Duration keepalive,
        Duration validateAfterIdle,
        Duration leakLimit,
        boolean borrowTrace,
        int consumerSharePercent,
        Duration passwordGrace,
        Duration hold,
        Duration drainLimit) {}
