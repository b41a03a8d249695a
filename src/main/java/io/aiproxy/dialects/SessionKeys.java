package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Body;
import java.io.IOException;
import java.util.List;

/**
 * Reads from a JSON request which session it belongs to: the value of one of some fields that the operator has named, such
 * as {@code prompt_cache_key} or {@code metadata.user_id}. One pass; only objects on the way to such a field are entered.
 */
public final class SessionKeys {
    private final JsonParser parser;
    private final List<String> fields;
    private final String[] found;

    private SessionKeys(JsonParser parser, List<String> fields) {
        this.parser = parser;
        this.fields = fields;
        this.found = new String[fields.size()];
    }

    /**
     * The value, a string or a number, of the first of these fields that has one; empty when none has, when the body is no
     * JSON object, or when it is too long to be read on an event loop ({@link RequestFacts#CHEAP_BYTES}).
     *
     * @param fields names, dotted where they stand in an object: {@code metadata.user_id}
     */
    public static String read(Body body, List<String> fields) {
        if (fields.isEmpty() || !RequestFacts.cheap(body) || !Json.object(body)) {
            return "";
        }
        try (JsonParser parser = Json.parser(body)) {
            SessionKeys keys = new SessionKeys(parser, fields);
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                keys.object("");
            }
            return keys.best();
        } catch (IOException malformed) {
            return "";
        }
    }

    private String best() {
        for (String value : found) {
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private void object(String prefix) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String path = prefix + parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT && leadsOn(path)) {
                object(path + ".");
            } else {
                int wanted = fields.indexOf(path);
                if (wanted >= 0) {
                    found[wanted] = Json.text(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    private boolean leadsOn(String path) {
        for (int i = 0; i < fields.size(); i++) {
            String field = fields.get(i);
            if (field.length() > path.length() && field.startsWith(path) && field.charAt(path.length()) == '.') {
                return true;
            }
        }
        return false;
    }
}
