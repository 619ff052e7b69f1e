// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads where a node is: {@code id=host:port}, or {@code id=[address]:port} for IPv6. */
final class NodeAddresses {

    private static final Pattern FORM = Pattern.compile("([\\w.-]+)=(\\[[0-9a-fA-F:]+]|[^:\\[\\]/?#\\s]+):(\\d{1,5})");

    private NodeAddresses() {}

    static NodeAddress parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches() || !validPort(matcher.group(3))) {
            throw new IllegalArgumentException(
                    "nodes: '" + text + "' is not of the form id=host:port, such as n1=db.example:5432");
        }
        return new NodeAddress(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3)));
    }

    private static boolean validPort(String text) {
        int port = Integer.parseInt(text);
        return port > 0 && port <= 65535;
    }
}
