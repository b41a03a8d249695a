package io.aiproxy.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.store.Change;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The entries of one moment by kind and id, with their places among each other. */
final class Stored {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Key, Placed> entries;
    /** What stands in the table, of what was read from there. */
    private final Map<Key, String> texts;

    /**
     * @param kind of an entry
     * @param id of an entry
     */
    record Key(Kind kind, String id) {}

    /**
     * @param position among those of its kind
     * @param body as JSON
     */
    record Placed(long position, JsonNode body) {}

    /** A row as it comes from a table. */
    record Row(String kind, String id, long position, String body) {}

    private Stored(Map<Key, Placed> entries, Map<Key, String> texts) {
        this.entries = entries;
        this.texts = texts;
    }

    /** No entries. */
    static Stored none() {
        return new Stored(Map.of(), Map.of());
    }

    /**
     * Of rows in any order.
     *
     * @param before entries that were read, or written, before: what stands there as it stood then is not parsed again
     */
    static Stored of(List<Row> rows, Stored before) throws StoreException {
        Map<Key, Placed> entries = new LinkedHashMap<>(rows.size() * 2);
        Map<Key, String> texts = new HashMap<>(rows.size() * 2);
        for (Row row :
                rows.stream().sorted(Comparator.comparingLong(Row::position)).toList()) {
            Key key = key(row);
            Placed known = before.entries.get(key);
            boolean same = known != null && row.body().equals(before.texts.get(key));
            entries.put(key, new Placed(row.position(), known != null && same ? known.body() : body(row)));
            texts.put(key, row.body());
        }
        return new Stored(entries, texts);
    }

    private static Key key(Row row) throws StoreException {
        try {
            return new Key(Kind.valueOf(row.kind()), row.id());
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE,
                    "the database holds an entry of a kind that this version does not know: " + row.kind()
                            + "; run the version that wrote it");
        }
    }

    private static JsonNode body(Row row) throws StoreException {
        try {
            JsonNode body = JSON.readTree(row.body());
            if (!body.isMissingNode()) {
                return body;
            }
        } catch (JsonProcessingException e) {
            // told below, without the text: a credential may be in it
        }
        throw new StoreException(
                StoreException.Why.UNAVAILABLE,
                "in the database the body of " + row.kind() + " " + row.id()
                        + " is not JSON: somebody has changed the table by hand; mend that row");
    }

    Map<Key, Placed> all() {
        return entries;
    }

    /** As this with the changes: what is there stays at its place, what is new comes last. */
    Stored with(List<Change> changes) throws StoreException {
        Map<Key, Placed> next = new LinkedHashMap<>(entries);
        Map<Key, String> written = new HashMap<>(texts);
        long last = entries.values().stream().mapToLong(Placed::position).max().orElse(0);
        for (Change change : changes) {
            Key key = new Key(change.kind(), change.id());
            Placed there = next.get(key);
            if (change.body().isEmpty()) {
                next.remove(key);
                written.remove(key);
            } else {
                // read again: a number must be of the same class as one from the table, or it would seem to be another
                JsonNode body = body(new Row(
                        change.kind().name(),
                        change.id(),
                        0,
                        change.body().get().toString()));
                next.put(key, new Placed(there == null ? ++last : there.position(), body));
                written.put(key, body.toString());
            }
        }
        return new Stored(next, written);
    }

    /** In the form that everybody else knows. */
    Entries entries() {
        Map<Kind, Map<String, JsonNode>> byKind = new EnumMap<>(Kind.class);
        entries.forEach((key, entry) ->
                byKind.computeIfAbsent(key.kind(), k -> new LinkedHashMap<>()).put(key.id(), entry.body()));
        return new Entries(byKind);
    }
}
