// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What the pools connect to; the same for all.
 *
 * @param properties go to the driver with each connect
 */
record Database(String driver, String url, String user, String password, Map<String, String> properties) {

    /** The same, for connections that the server knows by another name. */
    Database named(String application) {
        return with("ApplicationName", application);
    }

    /** The same, elsewhere. */
    Database at(String hosts) {
        return new Database(driver, url.replaceFirst("//[^/]*/", "//" + hosts + "/"), user, password, properties);
    }

    /** The same, with that property too. */
    Database with(String property, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(property, value);
        return new Database(driver, url, user, password, Map.copyOf(more));
    }

    /** A connection in no pool. */
    Connection connect() throws SQLException {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("user", user);
        all.setProperty("password", password);
        return DriverManager.getConnection(url, all);
    }

    /** The address with the properties in it, as pgjdbc takes it. */
    String urlWithProperties() {
        return properties.entrySet().stream()
                .map(property ->
                        property.getKey() + "=" + URLEncoder.encode(property.getValue(), StandardCharsets.UTF_8))
                .sorted()
                .collect(Collectors.joining("&", url + "?", ""));
    }

    /** Without its secrets. */
    @Override
    public String toString() {
        return url + " as " + user;
    }
}
