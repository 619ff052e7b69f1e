// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import io.ucm.settings.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Patroni's REST API is, and what it is asked with. Immutable.
 *
 * @param addresses none where Patroni is not asked
 * @param user for what changes something; empty: it is asked for that without one
 * @param root the CAs of its certificates; null: the JVM's own
 */
record PatroniSettings(
        List<URI> addresses,
        String user,
        Secret password,
        @Nullable PemFile root) {

    static PatroniSettings of(Origin origin, ClusterConfig config) {
        String user = config.patroni_user();
        if (user.isEmpty() != config._patroni_password().isEmpty()) {
            throw new IllegalArgumentException((user.isEmpty() ? "patroni.user" : ".patroni.password")
                    + ": is missing; Patroni takes the two of restapi.authentication together");
        }
        if (user.contains(":")) {
            throw new IllegalArgumentException("patroni.user: '" + user + "': may not contain ':'");
        }
        return new PatroniSettings(
                addresses(config.patroni()),
                user,
                new Secret(config._patroni_password()),
                PemFile.of(origin, "patroni.root.certificate", config.patroni_root_certificate()));
    }

    /** Where it is not asked. */
    static PatroniSettings none() {
        return new PatroniSettings(List.of(), "", new Secret(""), null);
    }

    boolean isEmpty() {
        return addresses.isEmpty();
    }

    /** Who the nodes are does not depend on the rest. */
    PatroniSettings ofMembers() {
        return new PatroniSettings(addresses, "", new Secret(""), null);
    }

    private static List<URI> addresses(String @Nullable [] texts) {
        return texts == null
                ? List.of()
                : Arrays.stream(texts)
                        .flatMap(text -> Arrays.stream(text.split(",")))
                        .map(PatroniSettings::address)
                        .toList();
    }

    private static URI address(String text) {
        try {
            URI address = new URI(text.strip().replaceFirst("/+$", ""));
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (http && address.getHost() != null && address.getUserInfo() == null && address.getRawQuery() == null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // It is said below.
        }
        throw new IllegalArgumentException(
                "patroni: '" + text + "' is not the address of a REST API, such as http://10.0.0.1:8008");
    }
}
