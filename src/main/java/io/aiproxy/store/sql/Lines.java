package io.aiproxy.store.sql;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.store.Entries;
import java.lang.ref.SoftReference;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The documents of one configuration after the other. Of thousands of entries nearly all are the very objects that they were
 * the last time, and so are their lines, which are given up when memory is short. Any thread.
 */
final class Lines {
    private SoftReference<IdentityHashMap<JsonNode, String>> last = new SoftReference<>(new IdentityHashMap<>());

    /** The text of each document by its name, as {@link Documents#of(Entries)}. */
    synchronized Map<String, String> of(Entries entries) {
        IdentityHashMap<JsonNode, String> known = last.get();
        IdentityHashMap<JsonNode, String> before = known == null ? new IdentityHashMap<>() : known;
        IdentityHashMap<JsonNode, String> now = new IdentityHashMap<>(before.size());
        Map<String, String> documents = Documents.of(entries, body -> {
            String line = before.get(body);
            String text = line == null ? Documents.text(body) : line;
            now.put(body, text);
            return text;
        });
        last = new SoftReference<>(now);
        return documents;
    }
}
