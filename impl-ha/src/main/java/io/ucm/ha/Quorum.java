// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The synchronous standbys that a primary waits for, and those that it has.
 *
 * @param required how many must confirm a commit; 0: the primary is asynchronous
 * @param streaming how many of those named stream now
 */
record Quorum(int required, int streaming) {

    private static final Pattern COUNTED =
            Pattern.compile("(?:(?:ANY|FIRST)\\s*)?(\\d+)\\s*\\(.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** @param names the value of synchronous_standby_names: ANY k (…), FIRST k (…), k (…), or a list, which means 1 */
    static Quorum of(String names, int streaming) {
        String text = names.strip();
        Matcher counted = COUNTED.matcher(text);
        int required = text.isEmpty() ? 0 : counted.matches() ? Integer.parseInt(counted.group(1)) : 1;
        return new Quorum(required, streaming);
    }

    boolean met() {
        return streaming >= required;
    }

    /** Whether standbys confirm that this primary is the one; an asynchronous primary has nobody to say so. */
    boolean proven() {
        return required > 0 && met();
    }
}
