package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.MessageTap;
import java.util.Optional;

/** What can be learned from the messages of a WebSocket, by the protocol that is spoken on it. */
public final class MessageTaps {
    private MessageTaps() {}

    /**
     * Somebody who reads along for one socket; empty when nothing is known about the protocol.
     *
     * @param dialect what the handshake spoke
     * @param operation the operation of {@link Dialects#detect}
     * @param model the model that the handshake named; empty when it named none. Then the messages are searched for one
     * @param estimate whether usage that is not told is to be estimated: then text is kept, and all messages are read
     */
    public static Optional<MessageTap> of(Dialect dialect, String operation, String model, boolean estimate) {
        boolean nameless = model.isEmpty();
        return switch (dialect) {
            case OPENAI ->
                operation.equals("realtime") || operation.equals("responses")
                        ? Optional.of(new EventTap(nameless, estimate))
                        : Optional.empty();
            case DASHSCOPE ->
                switch (operation) {
                    case "inference" -> Optional.of(new TaskTap(nameless, estimate));
                    case "realtime" -> Optional.of(new EventTap(nameless, estimate));
                    default -> Optional.empty();
                };
            case GOOGLE -> operation.equals("live") ? Optional.of(new LiveTap(nameless, estimate)) : Optional.empty();
            case ANTHROPIC, GENERIC -> Optional.empty();
        };
    }
}
