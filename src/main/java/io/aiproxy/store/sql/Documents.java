package io.aiproxy.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Entries as the documents that the loader reads. JSON is YAML as long as every character is one that YAML allows unescaped,
 * so everything that is not printable ASCII is escaped. Each entry has a line of its own.
 */
final class Documents {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    static {
        JSON.getFactory().setCharacterEscapes(new YamlEscapes());
    }

    private Documents() {}

    /**
     * The text of each document by its name. All are there, so that no file of the same name is read in their place.
     */
    static Map<String, String> of(Entries entries) {
        return of(entries, Documents::text);
    }

    /** As above; {@code text} puts a body on one line. */
    static Map<String, String> of(Entries entries, Function<JsonNode, String> text) {
        Map<String, String> documents = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            documents.putIfAbsent(kind.document(), "");
            Map<String, JsonNode> of = entries.of(kind);
            if (!of.isEmpty() || kind == Kind.USER || kind == Kind.CHANNEL) { // these two must be there
                documents.merge(kind.document(), section(kind, of, text), String::concat);
            }
        }
        return documents;
    }

    /** {@code key:} in block style and below it {@code "id": {…}}, in which everything is on one line. */
    private static String section(Kind kind, Map<String, JsonNode> entries, Function<JsonNode, String> text) {
        return entries.isEmpty()
                ? kind.key() + ": {}\n"
                : entries.entrySet().stream()
                        .map(entry -> "  " + text(JSON.getNodeFactory().textNode(entry.getKey())) + ": "
                                + text.apply(entry.getValue()) + "\n")
                        .collect(Collectors.joining("", kind.key() + ":\n", ""));
    }

    /** On one line. */
    static String text(JsonNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) { // a tree in memory can always be written
            throw new IllegalStateException(e);
        }
    }

    /** DEL is ASCII, and JSON lets it stand; YAML does not (YAML 1.1, section 5.1). */
    private static final class YamlEscapes extends CharacterEscapes {
        @Serial
        private static final long serialVersionUID = 1;

        private static final int DEL = 0x7f;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes[DEL] = CharacterEscapes.ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return null; // only asked for codes that are not the standard ones
        }
    }
}
