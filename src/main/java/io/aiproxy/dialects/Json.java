package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.aiproxy.core.Body;
import java.io.IOException;

/** How this package reads and writes JSON. */
final class Json {
    /**
     * Reads a little more than the standard allows, because providers do: Python's parser takes {@code NaN}, others take
     * raw control characters. What the gateway could not read but the provider could would hide its model from the
     * gateway's rules. Field names are not interned: they come from outside.
     */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    private Json() {}

    /** A parser over the body's bytes, whose locations are byte offsets into the body (for UTF-8, the only encoding in use). */
    static JsonParser parser(Body body) throws IOException {
        return body.segments().size() == 1
                ? FACTORY.createParser(body.segments().get(0))
                : FACTORY.createParser(body.stream());
    }

    /** Whether the first byte that is not white space opens an object. */
    static boolean object(Body body) {
        int seen = 0;
        for (byte[] segment : body.segments()) {
            for (byte b : segment) {
                boolean skipped = b == ' ' || b == '\n' || b == '\r' || b == '\t' || b < 0; // < 0: a byte order mark
                if (!skipped || ++seen > 1024) {
                    return b == '{';
                }
            }
        }
        return false;
    }

    /** The value that the parser stands at, if it is a string or a number; otherwise empty, and it is skipped. */
    static String text(JsonParser parser) throws IOException {
        JsonToken value = parser.currentToken();
        if (value == JsonToken.VALUE_STRING || value.isNumeric()) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }
}
