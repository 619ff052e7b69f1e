// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.net.URI;

/** What one of Patroni's members said when it was asked to do something. */
record PatroniReply(URI address, int status, String text) {

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int PRECONDITION_FAILED = 412;
    private static final int UNAVAILABLE = 503;
    private static final int MOST_CHARACTERS = 200;

    /** It may tell of another node that it made the leader instead. */
    boolean did() {
        return status == OK && !text.contains(" instead of ");
    }

    /**
     * Why it did not do what it was asked, and the way out.
     *
     * @param user whom it was asked as; empty: nobody
     */
    String whyNot(String user) {
        String said = "Patroni at %s answered %d (%s): ".formatted(address, status, line());
        return said
                + switch (status) {
                    case OK -> "ucm:topology tells who the primary is, and Patroni's log why it is another one";
                    case UNAUTHORIZED ->
                        user.isEmpty()
                                ? "set patroni.user and .patroni.password of io.ucm.cluster to those of Patroni's"
                                        + " restapi.authentication"
                                : "patroni.user '%s' and .patroni.password of io.ucm.cluster must be those of its restapi.authentication"
                                        .formatted(user);
                    case FORBIDDEN ->
                        "its restapi.allowlist must have this host's address; where it wants a client certificate"
                                + " (restapi.verify_client), UCM has none to show: use patronictl";
                    case PRECONDITION_FAILED ->
                        "nothing was done; 'patronictl list' shows who leads and who is a synchronous standby";
                    case UNAVAILABLE -> "ucm:topology tells who the primary is now, and Patroni's log why";
                    default -> "check that patroni of io.ucm.cluster is the address of its REST API";
                };
    }

    /** It may be a page of a proxy. */
    private String line() {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) + "..." : line;
    }
}
