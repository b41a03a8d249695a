package io.aiproxy.store.sql;

import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.Version;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The statements, all of them good for every vendor. Each method works within the caller's transaction. */
final class Rows {
    /** The newest versions that are kept; what happened before them is one state without a history. */
    static final int KEPT = 50;

    /** As wide as the column; counted in characters that Java counts, so it is never too many. */
    private static final int LONGEST_ID = 512;

    private Rows() {}

    /**
     * The newest version.
     *
     * @param version its number; 0 before the first
     * @param tag of it alone, even if the database was set back to a backup and counts the same numbers again
     */
    record Head(long version, String tag) {}

    static Head head(Handle handle) {
        return handle.createQuery("SELECT version, tag FROM aiproxy_head WHERE only_row = 1")
                .map((row, context) -> new Head(row.getLong(1), row.getString(2)))
                .one();
    }

    /** Takes the lock that every change needs, and makes {@code next} the newest; false if {@code tag} is not any more. */
    static boolean advance(Handle handle, String tag, Head next) {
        return handle.execute(
                        "UPDATE aiproxy_head SET version = ?, tag = ? WHERE only_row = 1 AND tag = ?",
                        next.version(),
                        next.tag(),
                        tag)
                == 1;
    }

    /** @param before entries that were read, or written, before */
    static Stored entries(Handle handle, Stored before) throws StoreException {
        return Stored.of(
                handle.createQuery("SELECT kind, id, position, body FROM aiproxy_entry")
                        .map((row, context) ->
                                new Stored.Row(row.getString(1), row.getString(2), row.getLong(3), row.getString(4)))
                        .list(),
                before);
    }

    /** The entries of a version that is kept: of each, what was written last until then. */
    static Stored entries(Handle handle, long version) throws StoreException {
        return Stored.of(
                handle.createQuery("""
                        SELECT h.kind, h.id, h.position, h.body
                        FROM aiproxy_entry_history h
                        JOIN (SELECT kind, id, MAX(version) AS newest FROM aiproxy_entry_history
                              WHERE version <= ? GROUP BY kind, id) n
                          ON n.kind = h.kind AND n.id = h.id AND n.newest = h.version
                        WHERE h.body IS NOT NULL""")
                        .bind(0, version)
                        .map((row, context) ->
                                new Stored.Row(row.getString(1), row.getString(2), row.getLong(3), row.getString(4)))
                        .list(),
                Stored.none());
    }

    /** Writes what differs between the two, as {@code version}; false if nothing does. */
    static boolean write(Handle handle, Stored before, Stored after, long version) {
        Set<Stored.Key> keys = new HashSet<>(before.all().keySet());
        keys.addAll(after.all().keySet());
        keys.removeIf(key -> Objects.equals(before.all().get(key), after.all().get(key)));
        if (keys.isEmpty()) {
            return false;
        }
        try (PreparedBatch gone = handle.prepareBatch("DELETE FROM aiproxy_entry WHERE kind = ? AND id = ?");
                PreparedBatch there = handle.prepareBatch(
                        "INSERT INTO aiproxy_entry (kind, id, position, body, version) VALUES (?, ?, ?, ?, ?)");
                PreparedBatch history = handle.prepareBatch(
                        "INSERT INTO aiproxy_entry_history (kind, id, version, position, body) VALUES (?, ?, ?, ?, ?)")) {
            for (Stored.Key key : keys) {
                Stored.@Nullable Placed now = after.all().get(key);
                String kind = key.kind().name();
                @Nullable String body = now == null ? null : now.body().toString();
                long position = now == null ? 0 : now.position();
                if (before.all().containsKey(key)) {
                    gone.add(kind, key.id());
                }
                if (now != null) {
                    there.add(kind, key.id(), position, body, version);
                }
                history.add(kind, key.id(), version, position, body);
            }
            for (PreparedBatch batch : List.of(gone, there, history)) {
                if (batch.size() > 0) {
                    batch.execute();
                }
            }
        }
        return true;
    }

    static void version(Handle handle, Version version, String tag) {
        handle.execute(
                "INSERT INTO aiproxy_version (number, tag, made_at, author, author_from, note) VALUES (?, ?, ?, ?, ?, ?)",
                version.number(),
                tag,
                version.at().toEpochMilli(),
                version.author().name(),
                version.author().from(),
                version.note());
    }

    static List<Version> versions(Handle handle, long before, int limit) {
        return handle.createQuery("SELECT number, made_at, author, author_from, note FROM aiproxy_version"
                        + " WHERE number < ? ORDER BY number DESC LIMIT ?")
                .bind(0, before)
                .bind(1, limit)
                .map((row, context) -> new Version(
                        row.getLong(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        new Author(row.getString(3), row.getString(4)),
                        row.getString(5)))
                .list();
    }

    static boolean kept(Handle handle, long version) {
        return handle.createQuery("SELECT COUNT(*) FROM aiproxy_version WHERE number = ?")
                        .bind(0, version)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** The version with this tag: whether a change has come through whose answer got lost. */
    static Optional<Version> tagged(Handle handle, String tag) {
        return handle.createQuery("SELECT number FROM aiproxy_version WHERE tag = ?")
                .bind(0, tag)
                .mapTo(Long.class)
                .findOne()
                .flatMap(number -> versions(handle, number + 1, 1).stream().findFirst());
    }

    /**
     * Forgets versions that are too old. Of what the oldest kept version and those before it wrote, only each entry's last
     * state stays; one that was removed by then leaves nothing.
     */
    static void collapse(Handle handle, long newest) {
        long oldest = newest - KEPT + 1;
        long until = handle.createQuery("SELECT MIN(number) FROM aiproxy_version")
                .mapTo(Long.class)
                .findOne()
                .orElse(oldest);
        if (until >= oldest) {
            return;
        }
        record Written(String kind, String id, long version, boolean removed) {}
        List<Written> superseding = handle.createQuery(
                        "SELECT kind, id, version, CASE WHEN body IS NULL THEN 1 ELSE 0 END"
                                + " FROM aiproxy_entry_history WHERE version > ? AND version <= ? ORDER BY version")
                .bind(0, until)
                .bind(1, oldest)
                .map((row, context) ->
                        new Written(row.getString(1), row.getString(2), row.getLong(3), row.getInt(4) == 1))
                .list();
        try (PreparedBatch batch =
                handle.prepareBatch("DELETE FROM aiproxy_entry_history WHERE kind = ? AND id = ? AND version < ?")) {
            superseding.forEach(
                    row -> batch.add(row.kind(), row.id(), row.removed() ? row.version() + 1 : row.version()));
            if (batch.size() > 0) {
                batch.execute();
            }
        }
        handle.execute("DELETE FROM aiproxy_version WHERE number < ?", oldest);
    }

    /** What no database could keep as it is. */
    static void check(List<Change> changes) throws StoreException {
        for (Change change : changes) {
            if (change.id().length() > LONGEST_ID || change.id().indexOf('\0') >= 0) {
                String beginning = change.id().substring(0, Math.min(change.id().length(), 60));
                throw new StoreException(
                        StoreException.Why.UNAVAILABLE,
                        "\"" + beginning.replace('\0', '?') + "…\" cannot be an id in a database: at most " + LONGEST_ID
                                + " characters, none of them NUL");
            }
        }
    }

    /** Says to every session that listens, once this transaction is committed. PostgreSQL only. */
    static void tell(Handle handle, String tag) {
        Map<String, String> bound = Map.of("channel", Notifications.CHANNEL, "tag", tag);
        handle.createQuery("SELECT pg_notify(:channel, :tag)")
                .bindMap(bound)
                .map((row, context) -> "")
                .list();
    }
}
