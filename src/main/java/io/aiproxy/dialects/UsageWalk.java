package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds usage and model in answers, token by token, so that a document may come in parts. Several documents (the events of a
 * stream) may be walked one after the other: of each number the last one told counts, because providers repeat running totals
 * (Anthropic's {@code message_delta}, Gemini, DashScope) or tell everything at the end (OpenAI).
 *
 * <p>Usage stands in {@code usage} or {@code usageMetadata} of the document or of its {@code message} (Anthropic's
 * {@code message_start}) or {@code response} (OpenAI's {@code response.completed}); of a list of documents (Gemini without
 * {@code alt=sse}) in each of them. Anything deeper is somebody's data and may be called what it likes.
 */
final class UsageWalk {
    /** Names are kept for so many levels; usage objects are the deepest of interest: root list, object, message, usage, details, list element. */
    private static final int DEEPEST = 8;

    private final UsageFields fields = new UsageFields();
    private final String[] names = new String[DEEPEST + 1];
    private int depth;
    private int top;
    private boolean list;
    private int usageAt;
    private boolean found;
    private String model = "";
    private String modality = "";
    private long count;

    /** A new document begins. */
    void begin() {
        depth = 0;
        top = 0;
        list = false;
        usageAt = 0;
    }

    /**
     * Takes all tokens that are there.
     *
     * @throws IOException when the document is malformed
     */
    void walk(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        while (token != null && token != JsonToken.NOT_AVAILABLE) {
            take(token, parser);
            token = parser.nextToken();
        }
    }

    Optional<Usage> usage() {
        return found ? Optional.of(fields.usage()) : Optional.empty();
    }

    String model() {
        return model;
    }

    private void take(JsonToken token, JsonParser parser) throws IOException {
        switch (token) {
            case FIELD_NAME -> {
                if (depth <= DEEPEST) {
                    names[depth] = parser.currentName();
                }
            }
            case START_OBJECT, START_ARRAY -> open(token == JsonToken.START_ARRAY);
            case END_OBJECT, END_ARRAY -> close(token == JsonToken.END_OBJECT);
            default -> scalar(token, parser);
        }
    }

    private void open(boolean array) {
        depth++;
        if (depth == 1) {
            list = array;
            top = array ? 2 : 1;
        } else if (depth == 2 && list && array) {
            top = -DEEPEST; // a list of lists is nothing that is known
        }
        if (usageAt == 0) {
            if (!array && isUsage()) {
                usageAt = depth;
                found = true;
            }
        } else if (depth == usageAt + 1 && array) {
            fields.modalitiesAgain(names[usageAt]);
        } else if (depth == usageAt + 2) {
            modality = "";
            count = 0;
        }
    }

    /** Whether what has just been opened is a usage object. */
    private boolean isUsage() {
        int owner = depth - 1;
        if (owner != top && !(owner == top + 1 && isInner(names[top]))) {
            return false;
        }
        String name = names[owner];
        return "usage".equals(name) || "usageMetadata".equals(name);
    }

    private static boolean isInner(String name) {
        return "message".equals(name) || "response".equals(name);
    }

    private void close(boolean object) {
        if (usageAt > 0) {
            if (object && depth == usageAt + 2) {
                fields.modality(names[usageAt], modality, count);
            } else if (depth == usageAt) {
                usageAt = 0;
            }
        }
        depth--;
    }

    private void scalar(JsonToken token, JsonParser parser) throws IOException {
        if (usageAt > 0) {
            if (depth == usageAt) {
                fields.number(names[depth], UsageFields.number(parser));
            } else if (depth == usageAt + 1) {
                fields.detail(names[usageAt], names[depth], UsageFields.number(parser));
            } else if (depth == usageAt + 2 && "modality".equals(names[depth])) {
                modality = parser.getText();
            } else if (depth == usageAt + 2 && "tokenCount".equals(names[depth])) {
                count = UsageFields.number(parser);
            }
        } else if (token == JsonToken.VALUE_STRING && (depth == top || (depth == top + 1 && isInner(names[top])))) {
            if ("model".equals(names[depth]) || "modelVersion".equals(names[depth])) {
                named(parser);
            }
        }
    }

    private void named(JsonParser parser) throws IOException {
        if (parser.getTextLength() <= RequestFacts.LONGEST_MODEL) {
            model = parser.getText();
        }
    }
}
