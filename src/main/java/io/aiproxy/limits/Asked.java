package io.aiproxy.limits;

import java.util.Set;

/**
 * What limits need to know of a call.
 *
 * @param channel id of the channel that shall serve it; empty where none is chosen yet
 * @param model the model asked for; empty when the request names none
 * @param operation the call within its dialect, e.g. {@code chat}
 * @param bodyBytes length of the request's body
 * @param json whether that body is JSON, and not somebody's file
 * @param maxTokens the bound that the caller has set for the output; 0: none
 * @param stream whether the answer is asked for as a stream of events
 * @param handshake whether it asks for a WebSocket
 */
public record Asked(
        String channel,
        String model,
        String operation,
        long bodyBytes,
        boolean json,
        long maxTokens,
        boolean stream,
        boolean handshake) {
    /** Operations that let a model write, whose requests have to name that model. */
    private static final Set<String> GENERATING = Set.of(
            "chat",
            "completions",
            "responses",
            "messages",
            "complete",
            "generate_content",
            "stream_generate_content",
            "text-generation",
            "multimodal-generation");

    /** Whether a model writes text for it. */
    public boolean generates() {
        return GENERATING.contains(operation);
    }

    /** The same at a channel, under the name that it has for the model. */
    public Asked at(String id, String name) {
        return new Asked(id, name, operation, bodyBytes, json, maxTokens, stream, handshake);
    }
}
