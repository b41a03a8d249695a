package io.aiproxy.dialects.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.aiproxy.core.Body;
import java.io.IOException;
import java.util.Optional;

/**
 * What the demo channel was asked.
 *
 * @param root the request's body
 * @param stream whether an answer in events was asked for
 * @param greeting what to say; {@code {message}} in it stands for the asker's last message
 * @param id what makes this answer's ids differ from others'
 * @param seconds now, since 1970
 */
record Ask(JsonNode root, boolean stream, String greeting, String id, long seconds) {
    /** How much of the asker's message is quoted, in code points. */
    static final int QUOTED = 200;

    private static final String PLACE = "{message}";

    /** The body as JSON: missing when there is none, empty when it cannot be read. */
    static Optional<JsonNode> parse(Body body) {
        if (body.isEmpty()) {
            return Optional.of(MissingNode.getInstance());
        }
        try {
            return Optional.of(Parts.MAPPER.readTree(body.stream()));
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    JsonNode at(String field) {
        return root.path(field);
    }

    /** What to answer to somebody who said this. */
    String answerTo(String message) {
        String quoted = message.strip();
        if (quoted.codePointCount(0, quoted.length()) > QUOTED) {
            quoted = quoted.substring(0, quoted.offsetByCodePoints(0, QUOTED)) + "…";
        }
        return greeting.replace(PLACE, quoted);
    }

    /** The last message of a conversation that came from the user; a lone string is such a message. */
    static String lastMessage(JsonNode conversation) {
        if (!conversation.isArray()) {
            return text(conversation);
        }
        for (int i = conversation.size() - 1; i >= 0; i--) {
            JsonNode entry = conversation.get(i);
            if (entry.isTextual() || entry.path("role").asText("user").equals("user")) {
                return text(entry);
            }
        }
        return "";
    }

    /** All text in a message, in its parts, or in a list of either. */
    static String text(JsonNode node) {
        if (node.isTextual()) {
            return node.asText();
        }
        StringBuilder all = new StringBuilder();
        if (node.isArray()) {
            node.forEach(entry -> append(all, text(entry)));
        } else if (node.isObject()) {
            append(all, text(node.path("content")));
            append(all, text(node.path("parts")));
            append(all, text(node.path("text")));
        }
        return all.toString();
    }

    private static void append(StringBuilder all, String text) {
        if (!text.isEmpty()) {
            all.append(all.length() == 0 ? "" : " ").append(text);
        }
    }
}
