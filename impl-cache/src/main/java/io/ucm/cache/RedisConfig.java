// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "UCM Redis", description = "The Redis that the caches of several containers share")
@interface RedisConfig {

    @AttributeDefinition(description = "The host of the server, Redis 6.2 or later")
    String host();

    @AttributeDefinition(description = "Its port", required = false)
    int port() default 6379;

    @AttributeDefinition(
            description =
                    "The ACL user, who needs the keys ucm:* and the channel __redis__:invalidate; empty: the default one",
            required = false)
    String user() default "";

    @AttributeDefinition(
            description = "The user's password; empty: none",
            type = AttributeType.PASSWORD,
            required = false)
    String _password() default "";

    @AttributeDefinition(description = "The number of the database", required = false)
    int database() default 0;

    @AttributeDefinition(description = "How long connecting may take", required = false)
    int connect_timeout_ms() default 1_000;

    @AttributeDefinition(description = "How long an answer may take; after that Redis counts as away", required = false)
    int timeout_ms() default 500;

    @AttributeDefinition(
            description = "How long an invalidation keeps out what was loaded before it: longer than any load takes",
            required = false)
    int tombstone_ms() default 60_000;

    @AttributeDefinition(
            description =
                    "How long an entry may live in the process while Redis is away and nobody tells what others write",
            required = false)
    int away_ttl_ms() default 2_000;
}
