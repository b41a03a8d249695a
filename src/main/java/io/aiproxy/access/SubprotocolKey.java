package io.aiproxy.access;

import io.aiproxy.core.Headers;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key among the subprotocols that a WebSocket handshake offers: the only place that a browser leaves to its scripts.
 * OpenAI's clients send {@code realtime, openai-insecure-api-key.<key>}, the key as it is
 * (https://platform.openai.com/docs/guides/realtime-websocket; openai-node, {@code realtime/websocket.ts}). Further
 * subprotocols of theirs ({@code openai-organization.}, {@code openai-project.}, {@code openai-beta.}) are no credentials.
 */
final class SubprotocolKey {
    static final String HEADER = "sec-websocket-protocol";
    private static final String PREFIX = "openai-insecure-api-key.";

    private SubprotocolKey() {}

    /** The first answer that {@code lookup} has for a key among the subprotocols, in order; null when it has none. */
    static <T> @Nullable T find(Headers headers, Function<String, @Nullable T> lookup) {
        List<String> fields = headers.all(HEADER);
        for (int i = 0; i < fields.size(); i++) {
            for (String element : fields.get(i).split(",", -1)) {
                String subprotocol = element.strip();
                T found = isCredential(subprotocol) && subprotocol.length() > PREFIX.length()
                        ? lookup.apply(subprotocol.substring(PREFIX.length()))
                        : null;
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Whether one of the subprotocols is there to carry a key. */
    static boolean isIn(Headers headers) {
        List<String> fields = headers.all(HEADER);
        for (int i = 0; i < fields.size(); i++) {
            for (String element : fields.get(i).split(",", -1)) {
                if (isCredential(element.strip())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All other subprotocols, in order, as one field's value; empty when there is none. */
    static Optional<String> others(Headers headers) {
        StringJoiner kept = new StringJoiner(", ");
        for (String field : headers.all(HEADER)) {
            for (String element : field.split(",", -1)) {
                String subprotocol = element.strip();
                if (!subprotocol.isEmpty() && !isCredential(subprotocol)) {
                    kept.add(subprotocol);
                }
            }
        }
        return kept.length() == 0 ? Optional.empty() : Optional.of(kept.toString());
    }

    /** In any case: what only looks like a credential does no good at a channel, and what is one must not get there. */
    private static boolean isCredential(String subprotocol) {
        return subprotocol.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }
}
