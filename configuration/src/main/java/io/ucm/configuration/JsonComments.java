// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comments of a JSON text: from two slashes to the end of the line, and between slash-star and star-slash. */
final class JsonComments {

    private static final Pattern STRING_OR_COMMENT =
            Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*+\"|//[^\n]*+|/\\*(?s:.*?)\\*/");

    private JsonComments() {}

    /** The text with blanks for comments, so that everything else stays on its line and in its column. */
    static String blanked(String text) {
        StringBuilder blanked = new StringBuilder(text);
        Matcher matcher = STRING_OR_COMMENT.matcher(text);
        while (matcher.find()) {
            if (text.charAt(matcher.start()) == '/') {
                for (int i = matcher.start(); i < matcher.end(); i++) {
                    if (text.charAt(i) != '\n') {
                        blanked.setCharAt(i, ' ');
                    }
                }
            }
        }
        return blanked.toString();
    }
}
