// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "UCM cluster", description = "The servers of one PostgreSQL cluster")
@interface ClusterConfig {

    @AttributeDefinition(description = "The cluster's name, unique in the container")
    String cluster();

    @AttributeDefinition(
            description = "The servers, each as id=host:port; may be left out where Patroni names them",
            required = false)
    String[] nodes();

    @AttributeDefinition(
            description =
                    "The addresses of Patroni's REST API, such as http://10.0.0.1:8008: the servers are its members",
            required = false)
    String[] patroni();

    @AttributeDefinition(
            description = "The user of Patroni's REST API, which ucm:switchover asks with; empty: it asks without",
            required = false)
    String patroni_user() default "";

    @AttributeDefinition(description = "Its password", type = AttributeType.PASSWORD, required = false)
    String _patroni_password() default "";

    @AttributeDefinition(
            description =
                    "The PEM file of the CAs that the certificate of Patroni's REST API is checked against; empty: the JVM's own",
            required = false)
    String patroni_root_certificate() default "";

    @AttributeDefinition(description = "The id of the primary; empty: the first of the nodes", required = false)
    String primary() default "";

    @AttributeDefinition(
            description = "Who promotes another node when the primary is lost: FOLLOW, somebody else, or PROMOTE, UCM",
            required = false)
    String failover_policy() default "FOLLOW";

    @AttributeDefinition(description = "The database")
    String database();

    @AttributeDefinition(
            description = "The role that asks the nodes for their state; empty: nobody asks them",
            required = false)
    String user() default "";

    @AttributeDefinition(description = "Its password", type = AttributeType.PASSWORD, required = false)
    String _password() default "";

    @AttributeDefinition(
            description = "How long the former password is tried too after a change; 0: it is not",
            required = false)
    int password_grace_ms() default 300_000;

    @AttributeDefinition(
            description = "The JDBC driver's class, which a DataSourceFactory service must offer",
            required = false)
    String driver_class() default "org.postgresql.Driver";

    @AttributeDefinition(description = "How long connecting to a node may take", required = false)
    int connect_timeout_ms() default 10_000;

    @AttributeDefinition(description = "disable, prefer, require, verify-ca or verify-full", required = false)
    String tls_mode() default "prefer";

    @AttributeDefinition(
            description = "The PEM file of the CAs that the servers' certificates are checked against",
            required = false)
    String tls_root_certificate() default "";

    @AttributeDefinition(
            description = "The PEM file of the certificate that the roles show, with those between it and the CA",
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
