// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The timelines that a node's data went through, and where each began. Two nodes that were promoted apart have the same
 * timeline number, but not the same beginning.
 *
 * @param timeline the one it is on
 * @param begins by timeline, its own included
 */
record History(int timeline, Map<Integer, Lsn> begins) {

    History {
        begins = Map.copyOf(begins);
    }

    /** Of a node that was never promoted: the server has no history file for it. */
    static History first() {
        return new History(1, Map.of(1, Lsn.START));
    }

    /**
     * Reads what TIMELINE_HISTORY returns: per line a timeline that ended, where it ended, and why, oldest first.
     *
     * @param timeline the one that was asked for
     */
    static History parse(int timeline, String content) {
        Map<Integer, Lsn> begins = new HashMap<>();
        Lsn begin = Lsn.START;
        for (String line : content.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                String[] words = line.split("\\s+", 3);
                if (words.length < 2) {
                    throw new IllegalArgumentException("history of timeline " + timeline + ": '" + line + "'");
                }
                begins.put(Integer.parseInt(words[0]), begin);
                begin = Lsn.parse(words[1]);
            }
        }
        begins.put(timeline, begin);
        return new History(timeline, begins);
    }

    /** Where it left the timelines before its own, by timeline. */
    Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new HashMap<>();
        SortedMap<Integer, Lsn> sorted = new TreeMap<>(begins);
        for (int before : begins.keySet()) {
            SortedMap<Integer, Lsn> after = sorted.tailMap(before + 1);
            if (!after.isEmpty()) {
                ends.put(before, after.get(after.firstKey()).position());
            }
        }
        return ends;
    }

    /** Where its own timeline began. */
    Lsn begin() {
        return begins.get(timeline);
    }

    /** Where it left that timeline for the next one; null when it is on it. */
    @Nullable
    Lsn end(int ancestor) {
        return begins.keySet().stream()
                .filter(next -> next > ancestor)
                .min(Integer::compareTo)
                .map(begins::get)
                .orElse(null);
    }

    /** Whether it went through that timeline, and not through another one of the same number. */
    boolean contains(int ancestor, Lsn begin) {
        return begin.equals(begins.get(ancestor));
    }
}
