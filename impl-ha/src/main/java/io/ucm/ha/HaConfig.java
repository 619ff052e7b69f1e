// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "UCM high availability",
        description = "How nodes are watched, and when a replica is fresh")
@interface HaConfig {

    @AttributeDefinition(description = "How often each node is asked", required = false)
    int probe_interval_ms() default 250;

    @AttributeDefinition(description = "How often each node is asked while there is no primary", required = false)
    int probe_urgent_interval_ms() default 20;

    @AttributeDefinition(
            description =
                    "How long a node may be silent before it is down; on a slow way four times as long as it takes there",
            required = false)
    int probe_timeout_ms() default 600;

    @AttributeDefinition(description = "How many bytes of WAL a replica may be behind to serve reads", required = false)
    long max_lag_bytes() default 16_777_216;

    @AttributeDefinition(description = "How far in time a replica may be behind to serve reads", required = false)
    long max_lag_ms() default 1000;

    @AttributeDefinition(description = "How long a replica's answers may take for it to serve reads", required = false)
    int max_latency_ms() default 500;

    @AttributeDefinition(
            description = "How long a switchover waits for transactions that write before it ends them",
            required = false)
    int switchover_drain_limit_ms() default 2000;

    @AttributeDefinition(
            description = "How long a circuit breaker turns calls away before some are let through; 0: none has one",
            required = false)
    int breaker_open_ms() default 2000;
}
