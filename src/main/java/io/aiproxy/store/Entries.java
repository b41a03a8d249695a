package io.aiproxy.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A configuration as it was written, placeholders and all: of each kind the entries by id, in order. The bodies are what
 * stands in YAML, as JSON; nobody may change them.
 *
 * @param byKind every kind is there, if with no entry
 */
public record Entries(Map<Kind, Map<String, JsonNode>> byKind) {
    /** Keeps copies. */
    public Entries {
        Map<Kind, Map<String, JsonNode>> all = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            all.put(kind, Collections.unmodifiableMap(new LinkedHashMap<>(byKind.getOrDefault(kind, Map.of()))));
        }
        byKind = Collections.unmodifiableMap(all);
    }

    /** The entries of this kind by id, in order. */
    public Map<String, JsonNode> of(Kind kind) {
        return byKind.getOrDefault(kind, Map.of());
    }
}
