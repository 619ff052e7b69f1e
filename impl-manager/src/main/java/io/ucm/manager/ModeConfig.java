// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "UCM mode",
        description = "One manager: a mode of a cluster. -1 or empty: the mode's own value")
@interface ModeConfig {

    /** In a number: what the mode has anyway. */
    int BUILT_IN = -1;

    @AttributeDefinition(description = "The name of a configured cluster")
    String cluster();

    @AttributeDefinition(
            description =
                    "MCP_SERVER, ML_TRAINING, ADMIN, ASYNC_MODERN or HIGH_AVAILABILITY; with based.on a further name")
    String mode();

    @AttributeDefinition(
            description = "For a further mode: the built-in one whose values it has where it names none",
            required = false)
    String based_on() default "";

    @AttributeDefinition(description = "The database role of this mode")
    String user();

    @AttributeDefinition(
            description = "Its password; empty where its certificate is enough",
            type = AttributeType.PASSWORD,
            required = false)
    String _password() default "";

    @AttributeDefinition(
            description = "Connections that the pool holds; from the start, where limits are named too",
            required = false)
    int pool_size_count() default BUILT_IN;

    @AttributeDefinition(description = "The fewest that the autoscaler leaves it", required = false)
    int pool_size_min_count() default BUILT_IN;

    @AttributeDefinition(description = "The most that the autoscaler gives it", required = false)
    int pool_size_max_count() default BUILT_IN;

    @AttributeDefinition(description = "How long getConnection() waits", required = false)
    int acquire_timeout_ms() default BUILT_IN;

    @AttributeDefinition(description = "How long the server lets a statement run; 0: no limit", required = false)
    int statement_timeout_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long the server lets a statement wait for a lock; 0: no limit",
            required = false)
    int lock_timeout_ms() default BUILT_IN;

    @AttributeDefinition(description = "How long the server keeps an idle transaction; 0: no limit", required = false)
    int idle_in_transaction_timeout_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a call may take before the log names it; 0: any time",
            required = false)
    int slow_call_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "When a connection is replaced by a new one, less some jitter; 0: never",
            required = false)
    int max_lifetime_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a connection is idle before the pool asks it for a sign of life; 0: for ever",
            required = false)
    int keepalive_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a connection may be idle and still be lent without a question; 0: not at all",
            required = false)
    int validate_after_idle_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a connection of the DataSource may go unused before it is taken back; 0: for ever",
            required = false)
    int leak_limit_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "true or false: whether the stack of each borrow is remembered",
            required = false)
    String borrow_trace() default "";

    @AttributeDefinition(
            description = "How many percent of the connections one bundle may hold while others wait; 0: equal shares",
            required = false)
    int consumer_share_percent() default BUILT_IN;

    @AttributeDefinition(
            description = "How long the former password is tried too after a change; 0: it is not",
            required = false)
    int password_grace_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a bundle that leaves is held until its connections are back; 0: not at all",
            required = false)
    int hold_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "How long a connection may still be used when its pool was replaced; 0: for ever",
            required = false)
    int drain_limit_ms() default BUILT_IN;

    @AttributeDefinition(description = "READ_WRITE or READ_ONLY", required = false)
    String default_access() default "";

    @AttributeDefinition(description = "true or false: whether reads may go to replicas", required = false)
    String replica_reads() default "";

    @AttributeDefinition(
            description = "RESOLVED or REPORTED: what is done about a write whose COMMIT was not answered",
            required = false)
    String commit_outcome() default "";

    @AttributeDefinition(
            description = "HIGH, NORMAL or LOW: whose turn it is when calls that name no priority wait",
            required = false)
    String priority() default "";

    @AttributeDefinition(description = "How many entries its caches keep in the process", required = false)
    int cache_near_count() default BUILT_IN;

    @AttributeDefinition(description = "How long a cached entry may be served", required = false)
    int cache_ttl_ms() default BUILT_IN;

    @AttributeDefinition(
            description = "The PEM file of the certificate that this mode's role shows; empty: the cluster's",
            required = false)
    String tls_certificate() default "";

    @AttributeDefinition(description = "The PEM file of its key, in PKCS#8", required = false)
    String tls_key() default "";

    @AttributeDefinition(
            description = "What the key is encrypted with",
            type = AttributeType.PASSWORD,
            required = false)
    String _tls_key_password() default "";
}
