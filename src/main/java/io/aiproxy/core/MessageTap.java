package io.aiproxy.core;

import java.util.Optional;

/**
 * Reads along the messages of one WebSocket: copies, after they have passed unchanged. Messages come whole and
 * uncompressed; those that are very large do not come at all. Text messages, and binary ones that begin with a brace,
 * because some providers send JSON so.
 *
 * <p>Called on the event loop of the call; must not block, and must not throw for what is in a message.
 */
public interface MessageTap {
    /** Whether messages of the caller are still of interest; asked before each of them. */
    boolean wantsCaller();

    /** A message of the caller. */
    void fromCaller(byte[] message);

    /**
     * Bytes without which a message of the channel is of no interest: only messages that contain them are shown. Asked
     * before each of them; whoever asks must not change the array.
     */
    byte[] channelMarker();

    /** A message of the channel that contains the marker. */
    void fromChannel(byte[] message);

    /** What was used so far, as the provider tells it; empty while it has told nothing. */
    Optional<Usage> usage();

    /** Whether {@link #usage()} is the last word: what was told of has come to its end, nothing that was seen is under way. */
    default boolean complete() {
        return usage().isPresent();
    }

    /** What was said in that of which the provider has told no usage, for an estimate; empty when it has told all, or nobody asks. */
    default Optional<Transcript> untold() {
        return Optional.empty();
    }

    /** The model, when the messages have named it; empty otherwise. */
    String model();
}
