package io.aiproxy.core;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads along the body of one HTTP answer as it passes: what it sees, the caller gets unchanged.
 *
 * <p>Called on the event loop of the call; must not block, and must not throw for what is in the answer.
 */
public interface AnswerTap {
    /** The next bytes of the body, cut anywhere. Valid during the call only; the position may be moved. */
    void bytes(ByteBuffer part);

    /** No more bytes come, for whatever reason. Once. */
    void end();

    /** What was used, as far as the provider has told it; empty while it has told nothing. */
    Optional<Usage> usage();

    /** The model that answered, when the answer has named it; empty otherwise. */
    String model();

    /** Whether {@link #usage()} is the provider's last word. If not, what is missing has to be estimated from the text. */
    boolean complete();

    /** Whether what was used will be told by the answer to another call, so that nothing of it is to be estimated here. */
    default boolean later() {
        return false;
    }

    /**
     * Which work the usage told here is of, where every answer to whoever asks for its result tells it again: the same text
     * at every instance, 32 hexadecimal digits. Empty for all other usage.
     */
    default String work() {
        return "";
    }

    /**
     * Whether the answer is nothing but the provider's word that it has failed, whatever its status: no usage was told and no
     * text delivered, so that nothing is to be estimated.
     */
    default boolean failed() {
        return false;
    }

    /** The text that was delivered so far, or its beginning; empty where nobody needs it. */
    CharSequence text();

    /** Length of all of that text, in UTF-16 units. */
    long textChars();
}
