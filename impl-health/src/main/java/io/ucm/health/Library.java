// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.util.Arrays;
import java.util.Optional;

/** The libraries by which a bundle reaches a database or Redis by itself. */
enum Library {
    PGJDBC("org.postgresql", "org/postgresql/Driver.class"),
    HIKARICP("com.zaxxer.hikari", "com/zaxxer/hikari/HikariDataSource.class"),
    AGROAL("io.agroal", "io/agroal/api/AgroalDataSource.class"),
    C3P0("com.mchange", "com/mchange/v2/c3p0/ComboPooledDataSource.class"),
    DBCP("org.apache.commons.dbcp2", "org/apache/commons/dbcp2/BasicDataSource.class"),
    TOMCAT_JDBC("org.apache.tomcat.jdbc", "org/apache/tomcat/jdbc/pool/DataSource.class"),
    JEDIS("redis.clients.jedis", "redis/clients/jedis/Jedis.class"),
    LETTUCE("io.lettuce", "io/lettuce/core/RedisClient.class"),
    REDISSON("org.redisson", "org/redisson/Redisson.class");

    private final String root;
    private final String knownClass;

    Library(String root, String knownClass) {
        this.root = root;
        this.knownClass = knownClass;
    }

    /** Whose package it is. */
    static Optional<Library> of(String packageName) {
        return Arrays.stream(values())
                .filter(library -> packageName.equals(library.root) || packageName.startsWith(library.root + "."))
                .findFirst();
    }

    /** A class that every version of it has, as a path. */
    String knownClass() {
        return knownClass;
    }

    /** Where that class is. */
    String folder() {
        return knownClass.substring(0, knownClass.lastIndexOf('/'));
    }
}
