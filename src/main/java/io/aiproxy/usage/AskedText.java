package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.Set;

/**
 * What of a JSON request, or of its beginning, a model reads as text: messages, prompts, instructions, tools. Pictures and
 * other data in base64 are left out, and so is what only the provider reads.
 */
final class AskedText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    /** Fields of the root that models read; all others are settings. */
    private static final Set<String> READ = Set.of(
            "messages",
            "prompt",
            "suffix",
            "input",
            "instructions",
            "instruction",
            "system",
            "contents",
            "content",
            "systemInstruction",
            "system_instruction",
            "query",
            "documents",
            "texts",
            "requests",
            "instances");

    /** Their definitions are read with all names in them. */
    private static final Set<String> TOOLS = Set.of("tools", "functions");

    /** What no model reads, wherever it stands. */
    private static final Set<String> UNREAD = Set.of(
            "type",
            "id",
            "role",
            "model",
            "call_id",
            "tool_call_id",
            "tool_use_id",
            "file_id",
            "fileUri",
            "file_uri",
            "url",
            "uri",
            "image",
            "image_url",
            "video",
            "audio",
            "mimeType",
            "mime_type",
            "media_type",
            "detail",
            "format",
            "signature",
            "thoughtSignature",
            "encrypted_content");

    /** Text has a blank or a full stop sooner than after so many characters. */
    private static final int LONGEST_WORD = 256;

    private final StringBuilder text = new StringBuilder();
    private int messages;
    private int choices = 1;
    private int ids;
    private int depth;
    private String root = "";
    private String name = "";

    private AskedText() {}

    /** Reads a request's beginning; what is no JSON has no text. Never throws for what is in it. */
    static AskedText of(String asked) {
        AskedText read = new AskedText();
        try (JsonParser parser = JSON.createParser(asked)) {
            try {
                read.walk(parser);
            } catch (IOException cut) {
                read.rest(parser, asked);
            }
        } catch (IOException e) {
            // closing what has no file: what was read is read
        }
        return read;
    }

    /** All of the text, one piece under the other. */
    String text() {
        return text.toString();
    }

    /** How many messages it is in. */
    int messages() {
        return messages;
    }

    /** How many answers are asked for. */
    int choices() {
        return choices;
    }

    /** Tokens that the caller has made of text already. */
    int ids() {
        return ids;
    }

    private void walk(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return;
            }
            if (token == JsonToken.FIELD_NAME) {
                named(parser.currentName());
            } else if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else {
                value(token, parser);
            }
        }
    }

    private void named(String field) {
        name = field;
        if (depth == 1) {
            root = field;
        } else if (TOOLS.contains(root)) {
            add(field);
        } else if (field.equals("role")) {
            messages++;
        }
    }

    private void value(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            if (wanted()) {
                add(parser.getText());
            }
        } else if (token == JsonToken.VALUE_NUMBER_INT) {
            boolean inList = parser.getParsingContext().inArray();
            if (inList && (root.equals("prompt") || root.equals("input"))) {
                ids++;
            } else if ((depth == 1 && name.equals("n")) || name.equals("candidateCount")) {
                choices = Math.max(1, Math.min(128, parser.getValueAsInt()));
            }
        }
    }

    private boolean wanted() {
        return TOOLS.contains(root) || (READ.contains(root) && !UNREAD.contains(name));
    }

    private void add(String piece) {
        if (!isData(piece)) {
            text.append(piece).append('\n');
        }
    }

    /** Base64, as such or in a data URL. */
    private static boolean isData(String piece) {
        if (piece.startsWith("data:")
                && piece.substring(0, Math.min(piece.length(), LONGEST_WORD)).contains(";base64,")) {
            return true;
        }
        if (piece.length() < LONGEST_WORD) {
            return false;
        }
        for (int i = 0; i < LONGEST_WORD; i++) {
            char c = piece.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "+/-_=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The beginning ends in the middle of a text, which counts as far as it goes. */
    private void rest(JsonParser parser, String asked) {
        long at = parser.currentTokenLocation().getCharOffset() + 1;
        if (parser.currentToken() != JsonToken.VALUE_STRING || !wanted() || at > asked.length()) {
            return;
        }
        String piece = asked.substring((int) at);
        int escape = piece.lastIndexOf('\\');
        if (escape >= piece.length() - "\\u00e9".length()) {
            piece = piece.substring(0, Math.max(0, escape)); // half an escape, perhaps
        }
        while (piece.endsWith("\\")) {
            piece = piece.substring(0, piece.length() - 1);
        }
        try (JsonParser string = JSON.createParser('"' + piece + '"')) {
            string.nextToken();
            add(string.getText());
        } catch (IOException malformed) {
            // somebody's slip in the middle of it: this piece does not count
        }
    }
}
