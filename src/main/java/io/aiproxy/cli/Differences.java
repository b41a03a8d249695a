package io.aiproxy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.store.Change;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes one configuration like another. The order of entries, and of fields within them, is no difference.
 *
 * @param changes in the order of kinds, and within a kind as the entries stand in the other
 * @param lines the same for people: ids and names of fields, never a value
 */
record Differences(List<Change> changes, List<String> lines) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What must happen to {@code there} until it holds the same as {@code wanted}. */
    static Differences between(Entries there, Entries wanted) {
        Differences all = new Differences(new ArrayList<>(), new ArrayList<>());
        for (Kind kind : Kind.values()) {
            Map<String, JsonNode> before = there.of(kind);
            Map<String, JsonNode> after = wanted.of(kind);
            after.forEach((id, body) -> all.compare(kind, id, before.get(id), body));
            before.keySet().stream()
                    .filter(id -> !after.containsKey(id))
                    .forEach(id -> all.add(new Change(kind, id, Optional.empty()), "- " + word(kind) + " " + id));
        }
        return all;
    }

    private void compare(Kind kind, String id, @Nullable JsonNode before, JsonNode after) {
        Change change = new Change(kind, id, Optional.of(after));
        if (before == null) {
            add(change, "+ " + word(kind) + " " + id);
        } else if (!plain(before).equals(plain(after))) {
            add(change, "~ " + word(kind) + " " + id + fields(plain(before), plain(after)));
        }
    }

    private void add(Change change, String line) {
        changes.add(change);
        lines.add(line);
    }

    boolean none() {
        return changes.isEmpty();
    }

    /** For people, e.g. {@code user group}. */
    static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String fields(JsonNode before, JsonNode after) {
        Set<String> names = new LinkedHashSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
        return names.isEmpty() ? "" : ": " + String.join(", ", names);
    }

    /** As it would be read from its text: the same number may be of one class or another, by where it came from. */
    private static JsonNode plain(JsonNode body) {
        try {
            return JSON.readTree(body.toString());
        } catch (JsonProcessingException e) { // the text of a tree can always be read
            throw new IllegalStateException(e);
        }
    }
}
