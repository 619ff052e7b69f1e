// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The synchronous standbys that a primary waits for, and those that it has.
 *
 * @param required how many must confirm a commit; 0: the primary is asynchronous
 * @param streaming how many of those named stream now
 * @param unconfirmed for how long, as far as that was seen, they have confirmed nothing of what it had written
 */
record Quorum(int required, int streaming, Duration unconfirmed) {

    /** A standby whose host is silent streams, as its primary sees it, until wal_sender_timeout. */
    private static final Duration STUCK = Duration.ofMillis(500);

    private static final Pattern COUNTED =
            Pattern.compile("(?:(?:ANY|FIRST)\\s*)?(\\d+)\\s*\\(.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Of a primary whose standbys have confirmed everything. */
    Quorum(int required, int streaming) {
        this(required, streaming, Duration.ZERO);
    }

    /** @param names the value of synchronous_standby_names: ANY k (…), FIRST k (…), k (…), or a list, which means 1 */
    static int required(String names) {
        String text = names.strip();
        Matcher counted = COUNTED.matcher(text);
        return text.isEmpty() ? 0 : counted.matches() ? Integer.parseInt(counted.group(1)) : 1;
    }

    /** The names alone. */
    static String list(String names) {
        String text = names.strip();
        return COUNTED.matcher(text).matches()
                ? text.substring(text.indexOf('(') + 1, Math.max(text.indexOf('(') + 1, text.lastIndexOf(')')))
                : text;
    }

    boolean met() {
        return streaming >= required;
    }

    /** Whether commits hang although enough of them stream. */
    boolean stuck() {
        return met() && unconfirmed.compareTo(STUCK) >= 0;
    }

    /** Whether standbys confirm that this primary is the one; an asynchronous primary has nobody to say so. */
    boolean proven() {
        return required > 0 && met();
    }
}
