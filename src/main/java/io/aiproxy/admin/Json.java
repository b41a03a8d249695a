package io.aiproxy.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** JSON as the admin API reads and writes it: strictly, because what is written twice or beside the point is a mistake. */
final class Json {
    private static final int DEEPEST = 30;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(40)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Reads a body; throws a refusal for anything but one JSON value. */
    static JsonNode read(byte[] text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw Refusal.malformed("The body is not JSON as it should be: line " + line + ", column " + column
                    + " (one value, no key twice, at most " + DEEPEST + " levels, numbers of at most 40 digits).");
        } catch (IOException e) {
            throw Refusal.malformed("The body is not JSON in UTF-8.");
        }
        if (node == null || node.isMissingNode()) {
            throw Refusal.malformed("The body is empty; a JSON value is needed.");
        }
        if (!sound(node)) {
            throw Refusal.malformed("A text in the body holds half of a surrogate pair or the character U+0000.");
        }
        return node;
    }

    /** Whether every text can be written in UTF-8 and read again by anybody. */
    private static boolean sound(JsonNode node) {
        if (node.isTextual()) {
            return sound(node.textValue());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!sound(field.getKey()) || !sound(field.getValue())) {
                return false;
            }
        }
        if (node.isArray()) {
            for (JsonNode item : node) {
                if (!sound(item)) {
                    return false;
                }
            }
        }
        return true;
    }

    static boolean sound(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree can always be written
        }
    }

    /** The text of a field; empty if it is missing or something else. */
    static String text(JsonNode in, String field) {
        return in.path(field).asText("");
    }
}
