// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What texts of SQL may leave behind in a session of one database: each distinct text is read once. Until the database
 * was asked which of its routines change sessions, and while they are being changed through us, any text may leave
 * anything. Thread-safe; only what runs on the executor blocks.
 */
final class SessionRules {

    /** Opens a connection for one question; the caller closes it. */
    @FunctionalInterface
    interface Source {
        Connection open() throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(SessionRules.class);

    /** Others may change routines at any time: this old an answer is asked for again. */
    private static final long ASK_AGAIN_NANOS = Duration.ofMinutes(5).toNanos();

    private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();

    private static final int MOST_TEXTS = 500;
    private static final int LONGEST_TEXT = 4000;

    /** What is known of the routines, and what follows for the texts seen so far. */
    private record Known(Routines routines, SqlEffects effects, Map<String, Text> texts) {

        Known(Routines routines) {
            this(routines, new SqlEffects(routines), new ConcurrentHashMap<>());
        }

        Text of(String sql) {
            Text seen = texts.get(sql);
            return seen != null ? seen : read(sql);
        }

        private Text read(String sql) {
            Text found = new Text(this, sql, effects.of(sql));
            if (sql.length() <= LONGEST_TEXT) {
                if (texts.size() >= MOST_TEXTS) {
                    texts.clear();
                }
                texts.put(sql, found);
            }
            return found;
        }
    }

    /** A text and what it may leave behind, as far as was known when it was asked for: flags of {@link SqlEffects}. */
    static final class Text {

        private final Known by;
        private final String sql;
        private final int effects;

        private Text(Known by, String sql, int effects) {
            this.by = by;
            this.sql = sql;
            this.effects = effects;
        }

        int effects() {
            return effects;
        }
    }

    private volatile Known known;
    private volatile long asked;

    /** By who offered it; guarded by this object, like what follows. */
    private final Map<Object, Way> ways = new LinkedHashMap<>();

    private int changing;
    private boolean asking;
    private boolean stale;
    private boolean failing;

    /** Where the database is asked, and over what. */
    private record Way(Executor executor, Source source) {}

    SessionRules() {
        this(Routines.UNKNOWN);
        asked = System.nanoTime() - ASK_AGAIN_NANOS;
    }

    /** With an answer of now. */
    SessionRules(Routines routines) {
        this.known = new Known(routines);
        this.asked = System.nanoTime();
    }

    /** What the text may leave behind: flags of {@link SqlEffects}. */
    int effects(String sql) {
        return known.of(sql).effects;
    }

    Text text(String sql) {
        return known.of(sql);
    }

    /** The same text, by what is known now. */
    Text text(Text before) {
        Known now = known;
        return before.by == now ? before : now.of(before.sql);
    }

    /** What a write without a text may leave behind. */
    int ofWrites() {
        return known.routines.writes() ? SqlEffects.ANYTHING : 0;
    }

    /** The database can be reached so from now on, until the owner takes it back; it is asked when that is due. */
    void reachedBy(Object owner, Executor executor, Source source) {
        synchronized (this) {
            ways.put(owner, new Way(executor, source));
        }
        tick(System.nanoTime());
    }

    /** Its owner can't reach the database now. */
    synchronized void outOfReach(Object owner) {
        ways.remove(owner);
    }

    /** Somebody uses the database now. */
    void tick(long now) {
        if (now - asked >= ASK_AGAIN_NANOS) {
            ask();
        }
    }

    /** A session is about to change routines, until {@link #changed}: what texts do is not known. */
    synchronized void changing() {
        changing++;
        known = new Known(Routines.UNKNOWN);
    }

    /** It has ended its transaction. */
    void changed() {
        synchronized (this) {
            changing--;
        }
        ask();
    }

    private void ask() {
        Way by;
        synchronized (this) {
            stale = true;
            by = ways.values().stream().findFirst().orElse(null);
            if (asking || by == null) {
                return;
            }
            asking = true;
            asked = System.nanoTime();
        }
        try {
            by.executor.execute(this::askUntilFresh);
        } catch (RejectedExecutionException e) {
            next();
        }
    }

    private void askUntilFresh() {
        for (List<Way> now = next(); !now.isEmpty(); now = next()) {
            ask(now);
        }
    }

    /** The first that answers is believed. */
    private void ask(List<Way> now) {
        Throwable failure = null;
        for (Way way : now) {
            try (Connection connection = way.source.open()) {
                know(Routines.ask(connection));
                return;
            } catch (SQLException | RuntimeException | LinkageError e) {
                failure = e;
            }
        }
        failed(failure);
    }

    /** How to ask again; empty when there is nothing to ask, or no way to. */
    private synchronized List<Way> next() {
        List<Way> now = stale ? List.copyOf(ways.values()) : List.of();
        asking = !now.isEmpty();
        stale = false;
        return now;
    }

    private synchronized void know(Routines routines) {
        failing = false;
        asked = System.nanoTime();
        if (changing == 0 && !stale && !routines.equals(known.routines)) {
            known = new Known(routines);
        }
    }

    /** What was known is not trusted for longer than an answer lasts. */
    private synchronized void failed(@Nullable Throwable e) {
        asked = System.nanoTime() - ASK_AGAIN_NANOS + RETRY_NANOS;
        known = known.routines.equals(Routines.UNKNOWN) ? known : new Known(Routines.UNKNOWN);
        if (!failing && !ways.isEmpty()) {
            failing = true;
            LOG.warn("the catalog can't be read for routines that change sessions: each return resets the session", e);
        }
    }
}
