package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;

/** Finds in a message what a model reads or has written as text. */
final class JsonText {
    /** Fields that hold it, in the words of OpenAI, Gemini and DashScope. */
    private static final Set<String> TEXTS = Set.of(
            "text",
            "instructions",
            "input",
            "content",
            "output",
            "arguments",
            "transcript",
            "prompt",
            "query",
            "description",
            "result");
    /** What stands in these is data or is read by the provider alone, whatever it is called inside. */
    private static final Set<String> UNREAD = Set.of(
            "inlineData", "inline_data", "image_url", "audio", "metadata", "encrypted_content", "turn_detection");

    /** Text has a blank or another sign sooner than after so many characters. */
    private static final int LONGEST_WORD = 256;

    private JsonText() {}

    /**
     * Adds the text in the value that the parser stands on, and leaves the parser at its end.
     *
     * @param all whether every string is text, e.g. what a tool is called with
     */
    static void read(JsonParser parser, boolean all, StringBuilder to) throws IOException {
        JsonToken token = parser.currentToken();
        String name = String.valueOf(parser.currentName());
        if (!token.isStructStart()) {
            value(token, parser, all || TEXTS.contains(name), to);
            return;
        }
        boolean inArray = token == JsonToken.START_ARRAY;
        JsonToken end = inArray ? JsonToken.END_ARRAY : JsonToken.END_OBJECT;
        for (token = parser.nextToken(); token != end; token = parser.nextToken()) {
            if (token == JsonToken.FIELD_NAME) {
                name = parser.currentName();
                token = parser.nextToken();
                if (UNREAD.contains(name)) {
                    parser.skipChildren();
                    continue;
                }
            }
            boolean arguments = all || name.equals("args");
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                read(parser, arguments, to);
            } else {
                value(token, parser, arguments || TEXTS.contains(name), to);
            }
        }
    }

    private static void value(JsonToken token, JsonParser parser, boolean wanted, StringBuilder to) throws IOException {
        if (wanted && token == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            if (!isData(text)) {
                to.append(text).append('\n');
            }
        }
    }

    /** Base64, as such or in a data URL. */
    private static boolean isData(String text) {
        if (text.length() < LONGEST_WORD) {
            return false;
        }
        if (text.startsWith("data:")) {
            return true;
        }
        for (int i = 0; i < LONGEST_WORD; i++) {
            char c = text.charAt(i);
            boolean digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!digit && c != '+' && c != '/' && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }
}
